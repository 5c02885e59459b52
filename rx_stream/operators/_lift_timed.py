"""Turn a core that is told the time into an operator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from reactivex import Observable, abc

from rx_stream.core.protocols import TimedCore
from rx_stream.operators._link import Operator, StageObservable
from rx_stream.operators._timed_stage import TimedStage
from rx_stream.schedulers.branch_gate import BranchGate
from rx_stream.schedulers.flow import Flow, FlowScheduler, Gate, gate_of
from rx_stream.schedulers.resolve import timers_for

__all__ = ["lift_timed"]

_In = TypeVar("_In")
_Out = TypeVar("_Out")


def lift_timed(
    make: Callable[[], TimedCore[_In, _Out]],
    *,
    scheduler: abc.SchedulerBase | None = None,
    capacity: int = 64,
    kind: type[TimedStage[Any, Any]] | None = None,
) -> Operator[_In, _Out]:
    """Return an operator that runs a new core from ``make`` for each subscription.

    Args:
        make: Makes the core.
        scheduler: Where timers run, before the subscriber's own.
        capacity: Items that a core with a ``backlog`` may hold before a pausable source waits,
            where no sink has set a limit.
        kind: The class of the stage.
    """
    new: type[TimedStage[_In, _Out]] = kind or TimedStage

    def stage(
        observer: abc.ObserverBase[_Out], subscriber: abc.SchedulerBase | None
    ) -> tuple[TimedStage[_In, _Out], abc.SchedulerBase | None]:
        core = make()
        timers = timers_for(scheduler, subscriber)
        gate = gate_of(subscriber)
        if gate is not None:
            _tell_of_waits(core, gate)
        if not hasattr(core, "backlog"):
            gate = None
        else:
            gate = Flow(capacity) if gate is None else BranchGate(gate)
            subscriber = FlowScheduler.around(subscriber, timers, gate)
        timed = new(core, observer, timers, gate)
        timed.start(subscriber)
        return timed, subscriber

    def operator(source: Observable[_In]) -> Observable[_Out]:
        return StageObservable(source, stage)

    return operator


def _tell_of_waits(core: Any, gate: Gate) -> None:
    if hasattr(core, "held_back"):
        core.held_back = lambda: gate.pausable and gate.paused
    if hasattr(core, "crowded"):
        core.crowded = gate.crowded
