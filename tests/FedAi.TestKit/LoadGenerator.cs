using System.Diagnostics;
using System.Net.Http.Headers;

namespace FedAi.TestKit;

/// <summary>Posts prepared requests over a fixed number of connections, each as fast as it is answered.</summary>
internal sealed class LoadGenerator : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
    });

    public async Task<LoadResult> RunAsync(Uri target, IReadOnlyList<LoadRequest> requests, int connections, CancellationToken cancellationToken)
    {
        var next = -1;
        var workers = new Worker[connections];
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(index => Task.Run(async () =>
        {
            var worker = workers[index] = new Worker(requests.Count / connections + 16);
            while (Interlocked.Increment(ref next) is var at && at < requests.Count)
                await worker.PostAsync(client, target, requests[at], cancellationToken);
        }, cancellationToken)));
        var elapsed = Stopwatch.GetElapsedTime(start);
        return new LoadResult(
            elapsed,
            [.. workers.SelectMany(worker => worker.Milliseconds)],
            [.. workers.SelectMany(worker => worker.Bodies)],
            workers.Sum(worker => worker.Refused),
            [.. workers.SelectMany(worker => worker.Surprises)]);
    }

    public void Dispose() => client.Dispose();

    /// <summary>One connection: asks, waits for the whole answer, asks again.</summary>
    private sealed class Worker(int expected)
    {
        public List<double> Milliseconds { get; } = new(expected);

        public List<byte[]> Bodies { get; } = new(expected);

        public List<string> Surprises { get; } = [];

        public int Refused { get; private set; }

        public async Task PostAsync(HttpMessageInvoker client, Uri target, LoadRequest request, CancellationToken cancellationToken)
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(request.Body) };
            message.Content.Headers.ContentType = Json;
            var start = Stopwatch.GetTimestamp();
            using var response = await client.SendAsync(message, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            var took = Stopwatch.GetElapsedTime(start);
            if ((int)response.StatusCode != request.ExpectedStatus)
            {
                Surprises.Add($"{(int)response.StatusCode} instead of {request.ExpectedStatus}: {System.Text.Encoding.UTF8.GetString(body)}");
            }
            else if (request.ExpectedStatus == 200)
            {
                Milliseconds.Add(took.TotalMilliseconds);
                Bodies.Add(body);
            }
            else
            {
                Refused++;
            }
        }
    }
}
