using System.Diagnostics;
using System.Net.Http.Headers;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Bench;

/// <summary>Asks a router, each request signed, over a fixed number of connections and as fast as it answers.</summary>
internal sealed class RouterLoad(TimeProvider time, long seed) : IDisposable
{
    private readonly KeyPair client = KeyPair.Generate();
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, MaxConnectionsPerServer = 256 });

    /// <summary>So many jobs.</summary>
    public Task<LoadOutcome> RunAsync(Uri router, int count, int connections, int promptBytes, CancellationToken cancellationToken) =>
        SendAsync(new Uri(router, "infer"), Bodies(count, promptBytes), connections, cancellationToken);

    /// <summary>Whatever is signed already.</summary>
    public async Task<LoadOutcome> SendAsync(Uri address, byte[][] bodies, int connections, CancellationToken cancellationToken)
    {
        var milliseconds = new double[bodies.Length];
        var (next, failures) = (-1, 0);
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var at && at < bodies.Length)
            {
                var asked = Stopwatch.GetTimestamp();
                if (!await AskAsync(address, bodies[at], cancellationToken)) Interlocked.Increment(ref failures);
                milliseconds[at] = Stopwatch.GetElapsedTime(asked).TotalMilliseconds;
            }
        }, cancellationToken)));
        return new LoadOutcome(Stopwatch.GetElapsedTime(began), milliseconds, failures);
    }

    /// <summary>What the router counts, as text.</summary>
    public Task<string> MetricsAsync(Uri router, CancellationToken cancellationToken) => http.GetStringAsync(new Uri(router, "metrics"), cancellationToken);

    public void Dispose()
    {
        http.Dispose();
        client.Dispose();
    }

    private async Task<bool> AskAsync(Uri address, byte[] body, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var answer = await http.PostAsync(address, content, cancellationToken);
            await answer.Content.CopyToAsync(Stream.Null, cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private byte[][] Bodies(int count, int promptBytes)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var bodies = new byte[count][];
        Parallel.For(0, count, at => bodies[at] = EnvelopeSealer.Seal(Request(seed + at, promptBytes), ProtocolJson.Default.InferenceRequest, client, now));
        return bodies;
    }

    /// <summary>One request with a prompt made from the seed.</summary>
    public static InferenceRequest Request(long seed, int promptBytes) => new()
    {
        RequestId = Guid.CreateVersion7().ToString(),
        ModelId = BenchNodes.ModelId,
        Prompt = string.Create(promptBytes, (ulong)seed, (text, start) =>
        {
            var state = start * 2 + 1;
            foreach (ref var letter in text) letter = (char)('a' + (int)((state = state * 6364136223846793005 + 1442695040888963407) >> 60));
        }),
        MaxTokens = 16,
        PrivacyLevel = PrivacyLevel.PL0,
    };
}
