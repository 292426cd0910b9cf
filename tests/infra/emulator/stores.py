"""moto's table is no database: two requests at once lose writes. One at a time makes its conditions and sums true."""
import functools
import threading

from moto.dynamodb.models import DynamoDBBackend
from moto.s3.models import S3Backend

LOCKED = ((DynamoDBBackend, ("put_item", "update_item", "delete_item", "transact_write_items", "get_item", "query")),
          (S3Backend, ("put_object",)))


def install():
    for backend, names in LOCKED:
        lock = threading.RLock()
        for name in names:
            setattr(backend, name, locked(getattr(backend, name), lock))


def locked(method, lock):
    @functools.wraps(method)
    def call(*args, **kwargs):
        with lock:
            return method(*args, **kwargs)
    return call
