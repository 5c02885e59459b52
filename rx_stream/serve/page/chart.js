// A curve over time in an SVG of 300 by 120, drawn anew from its points when one comes.

const WIDTH = 300
const HEIGHT = 120
const MOST = 600 // Points kept; beyond that every second one goes.

export class Chart {
  constructor(svg, area, curve, first) {
    Object.assign(this, { svg, area, curve, first })
    this.clear()
  }

  clear() {
    this.points = []
    this.top = 10
    this.end = 1
    this.area.setAttribute('d', '')
    this.curve.setAttribute('d', '')
    this.first.setAttribute('visibility', 'hidden')
  }

  add(time, value, firstToken) {
    this.points.push([time, value ?? 0])
    if (this.points.length > MOST) this.points = this.points.filter((_, i) => i % 2)
    this.end = Math.max(1, time)
    this.top = Math.max(10, ...this.points.map(([, y]) => y)) * 1.1
    const place = ([x, y]) =>
      `${((x / this.end) * WIDTH).toFixed(1)} ${(HEIGHT - (y / this.top) * HEIGHT).toFixed(1)}`
    const path = this.points.map(place).join('L')
    this.curve.setAttribute('d', `M${path}`)
    this.area.setAttribute('d', `M0 ${HEIGHT}L${path}L${WIDTH} ${HEIGHT}Z`)
    if (firstToken != null) {
      const x = ((firstToken / this.end) * WIDTH).toFixed(1)
      this.first.setAttribute('x1', x)
      this.first.setAttribute('x2', x)
      this.first.setAttribute('visibility', 'visible')
    }
  }
}
