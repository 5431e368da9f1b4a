"""Pages. A view fetches through `access`, shows a form, and hands what was entered to `workflow`."""
