"""servers.py JARS COMMAND...: runs COMMAND beside DynamoDB Local and moto (S3, SNS, Step Functions, STS, with
authentication on), both behind proxy.py, and ends with its status. When ND_AWS_S3 names the program versitygw, that is S3.

COMMAND finds everything in its environment: AWS_ENDPOINT_URL, AWS_REGION, a container endpoint that hands out a role's
keys with a session token, and ND_TEST_AWS, the proxy's address.
"""
import datetime
import http.client
import json
import logging
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer

import dead_ends
from proxy import KEYS_TOKEN, Proxy

REGION = "us-east-1"
END_OF_KEYS = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
TRUST = {"Version": "2012-10-17",
         "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start_dynamodb(jars, port):
    return subprocess.Popen(
        ["java", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", f"-Dsqlite4java.library.path={jars}", "-cp",
         f"{jars}/*", "software.amazon.dynamodb.services.local.main.ServerRunner", "-inMemory", "-sharedDb",
         "-disableTelemetry", "-port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=tempfile.gettempdir())


def start_versitygw(program, port, keys, folder):
    for part in ("objects", "versions"):
        os.mkdir(os.path.join(folder, part))
    return subprocess.Popen(
        [program, "--port", f"127.0.0.1:{port}", "--region", REGION, "posix", "--versioning-dir", os.path.join(folder, "versions"),
         os.path.join(folder, "objects")], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env={**os.environ, "ROOT_ACCESS_KEY": keys["AccessKeyId"], "ROOT_SECRET_KEY": keys["SecretAccessKey"]})


def wait_for(port, process, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            sys.exit(f"{process.args[0]} ended: {process.stderr.read().decode()[-500:]}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{process.args[0]} did not start")


class Servers:
    def __init__(self, jars, versitygw):
        self.dynamodb_port, self.moto_port = free_port(), free_port()
        self.dynamodb = start_dynamodb(jars, self.dynamodb_port)
        self.started = [self.dynamodb]
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.moto = ThreadedMotoServer("127.0.0.1", self.moto_port, verbose=False)
        self.moto.start()
        self.make_role(authentication=not versitygw)
        self.s3_port = self.start_s3(versitygw) if versitygw else self.moto_port
        wait_for(self.dynamodb_port, self.dynamodb)
        self.lock, self.places = threading.Lock(), set()
        self.proxy = Proxy({"dynamodb": self.dynamodb_port, "s3": self.s3_port, "other": self.moto_port}, self.make_place,
                           self.make_keys, None if versitygw else self.fetch, self.arns)
        threading.Thread(target=self.proxy.serve_forever, daemon=True).start()

    def client(self, service, port, key="x", secret="x", token=None):
        return boto3.client(service, endpoint_url=f"http://127.0.0.1:{port}", region_name=REGION, aws_access_key_id=key,
                            aws_secret_access_key=secret, aws_session_token=token,
                            config=Config(retries={"max_attempts": 1}))

    def start_s3(self, versitygw):
        """It knows one key, and no session tokens; so moto asks for no keys then."""
        keys = {"AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
        self.folder, port = tempfile.TemporaryDirectory(), free_port()
        self.started.append(start_versitygw(versitygw, port, keys, self.folder.name))
        wait_for(port, self.started[-1])
        self.s3 = self.client("s3", port, keys["AccessKeyId"], keys["SecretAccessKey"])
        self.make_keys = lambda: {**keys, "SessionToken": None, "Expiration": END_OF_KEYS}
        return port

    def make_role(self, authentication):
        """A user for ourselves and a role for the program, made before authentication is switched on."""
        iam, port = self.client("iam", self.moto_port), self.moto_port
        iam.create_user(UserName="admin")
        iam.put_user_policy(UserName="admin", PolicyName="all", PolicyDocument=json.dumps(POLICY))
        admin = iam.create_access_key(UserName="admin")["AccessKey"]
        self.role = iam.create_role(RoleName="task", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        iam.put_role_policy(RoleName="task", PolicyName="all", PolicyDocument=json.dumps(POLICY))
        machine = self.client("stepfunctions", port).create_state_machine(name="m", roleArn=self.role, definition=json.dumps(
            {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 3600, "End": True}}}))["stateMachineArn"]
        self.arns = {"machine": machine, "topic": self.client("sns", port).create_topic(Name="t")["TopicArn"]}
        self.sts = self.client("sts", port, admin["AccessKeyId"], admin["SecretAccessKey"])
        self.s3 = self.client("s3", port, admin["AccessKeyId"], admin["SecretAccessKey"])
        self.tables = self.client("dynamodb", self.dynamodb_port)
        if not authentication:
            return
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("POST", "/moto-api/reset-auth", b"0")
        assert connection.getresponse().status == 200

    def make_keys(self):
        return self.sts.assume_role(RoleArn=self.role, RoleSessionName="task")["Credentials"]

    def fetch(self, path):
        _, bucket, key = path.split("/", 2)
        return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    def make_place(self, table, bucket):
        with self.lock:
            if (table, bucket) in self.places:
                return
            self.places.add((table, bucket))
            self.tables.create_table(
                TableName=table, BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": n, "AttributeType": t} for n, t in
                                      (("pk", "S"), ("sk", "S"), ("outcome", "S"), ("started_ms", "N"))],
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
                GlobalSecondaryIndexes=[{"IndexName": "by-outcome", "Projection": {"ProjectionType": "KEYS_ONLY"},
                                         "KeySchema": [{"AttributeName": "outcome", "KeyType": "HASH"},
                                                       {"AttributeName": "started_ms", "KeyType": "RANGE"}]}])
            self.s3.create_bucket(Bucket=bucket)
            self.s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

    def environment(self):
        url = f"http://127.0.0.1:{self.proxy.server_address[1]}"
        kept = {n: v for n, v in os.environ.items() if not n.startswith("AWS_")}
        return {**kept, "AWS_ENDPOINT_URL": url, "ND_TEST_AWS": url, "AWS_REGION": REGION,
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}/_proxy/keys",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": KEYS_TOKEN, "AWS_CONFIG_FILE": os.devnull,
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull, **dead_ends.environment(self.proxy.server_address[1])}

    def stop(self):
        for process in self.started:
            process.kill()
            process.wait()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    jars, command = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    servers = Servers(jars, os.environ.get("ND_AWS_S3"))
    try:
        status = subprocess.run(command, env=servers.environment(), check=False).returncode
        for line in servers.proxy.unsigned[:3] if status else []:
            print(f"refused: {line}", file=sys.stderr)
    finally:
        servers.stop()
    sys.stdout.flush()
    os._exit(status if status >= 0 else 128 - status)


if __name__ == "__main__":
    main()
