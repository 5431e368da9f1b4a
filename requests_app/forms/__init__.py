"""The forms of the register: one module per desk. `_base` holds what all of them share."""
