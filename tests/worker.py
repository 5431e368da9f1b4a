"""The real worker, in the process of the test, for as long as there is something due."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections
from procrastinate.contrib.django import app


def work(queue: str = "pages") -> None:
    """Let the worker do what is due in the queue, as it does beside the site. Needs `committed_db`."""
    # In a thread of its own: a browser test before this one leaves its event loop running in ours.
    with ThreadPoolExecutor(1) as beside:
        beside.submit(_work, queue).result()


def _work(queue: str) -> None:
    try:
        with app.replace_connector(app.connector.get_worker_connector()):
            app.run_worker(queues=[queue], wait=False, listen_notify=False, install_signal_handlers=False)
    finally:
        connections.close_all()


def bring_forward(task_name: str = "") -> None:
    """What was to be done later is due now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET scheduled_at = now()"
            " WHERE status = 'todo' AND (%s = '' OR task_name = %s)",
            [task_name, task_name],
        )
