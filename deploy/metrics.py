"""`python -m deploy.metrics`: the metrics of the replica in whose container it runs."""

import os

import httpx


def main() -> None:
    """Print them."""
    token = os.environ["ANLAUFSTELLE_API_TOKEN"]
    port = os.environ.get("ANLAUFSTELLE_HTTP_PORT", "8000")
    answer = httpx.get(f"http://127.0.0.1:{port}/metrics", headers={"Authorization": f"Bearer {token}"}, trust_env=False)
    print(answer.raise_for_status().text)


if __name__ == "__main__":
    main()
