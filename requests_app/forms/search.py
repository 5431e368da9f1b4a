"""The form above the list of requests."""

from crispy_forms.layout import Layout

from requests_app.forms._base import Buttons, Columns, FilterForm, Send, TextField


class RequestSearchForm(FilterForm):
    """Finds by the number of the request or of the CAD event; restricted fields are never searched."""

    submit_label = "Search"

    q = TextField(label="Number or CAD event number", max_length=32, required=False)

    def build_layout(self) -> Layout:
        return Layout(Columns("q", Buttons(Send(self.submit_label))))
