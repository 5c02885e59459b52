"""Token vocabularies that ship with the package: see NOTICE for whose they are."""
