"""Addresses at which nothing good happens: nobody there, no room, and TLS that is none or not to be trusted."""
import datetime
import ipaddress
import socket
import ssl
import tempfile
import threading
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

LINGER_SECONDS = 20


def certificate(days):
    """A key and a certificate of our own making for this machine, in one file; it ends in so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(end - datetime.timedelta(days=30)).not_valid_after(end)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
            .sign(key, hashes.SHA256()))
    file = tempfile.NamedTemporaryFile(suffix=".pem")
    file.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    file.write(made.public_bytes(serialization.Encoding.PEM))
    file.flush()
    return file


def listen(backlog=50):
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(backlog)
    return listener, listener.getsockname()[1]


def serve(treat):
    """A port where every connection is treated so; the treatment closes it."""
    listener, port = listen()

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=treat, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return port


def untrusted(days):
    file = certificate(days)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file.name)

    def treat(connection):
        try:
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(1)
        except (ssl.SSLError, OSError):
            connection.close()

    return serve(treat)


def cut(connection):
    connection.recv(64)
    connection.close()


def silent(connection):
    time.sleep(LINGER_SECONDS)
    connection.close()


def full():
    """A port whose queue is full: connections to it are not refused, they wait."""
    listener, port = listen(0)
    waiting = []
    for _ in range(4):
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex(("127.0.0.1", port))
        waiting.append(one)
    full.kept = listener, waiting
    return port


def environment(plain_port):
    """Their addresses, as variables for the tests."""
    return {"ND_TEST_REFUSED": "http://127.0.0.1:1",
            "ND_TEST_NO_NAME": "https://nightdesk.invalid",
            "ND_TEST_FULL": f"http://127.0.0.1:{full()}",
            "ND_TEST_TLS_PLAIN": f"https://127.0.0.1:{plain_port}",
            "ND_TEST_TLS_UNTRUSTED": f"https://127.0.0.1:{untrusted(30)}",
            "ND_TEST_TLS_EXPIRED": f"https://127.0.0.1:{untrusted(-3)}",
            "ND_TEST_TLS_CUT": f"https://127.0.0.1:{serve(cut)}",
            "ND_TEST_TLS_SILENT": f"https://127.0.0.1:{serve(silent)}"}
