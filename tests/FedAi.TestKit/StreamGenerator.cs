using System.Diagnostics;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;

namespace FedAi.TestKit;

/// <summary>Holds many streams open at once and notes, for each token, how long after its sending it arrived.</summary>
internal sealed class StreamGenerator : IDisposable
{
    private readonly HttpClient client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        ResponseDrainTimeout = TimeSpan.Zero, // who leaves closes the connection, instead of reading the rest to keep it
    });

    public Task<StreamOutcome[]> RunAsync(Uri target, IReadOnlyList<LoadRequest> requests, CancellationToken cancellationToken) => RunAsync(async (body, stop) =>
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(body) };
        return await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, stop);
    }, requests, cancellationToken);

    /// <summary>The same for requests that go another way than by HTTP to an address.</summary>
    public static Task<StreamOutcome[]> RunAsync(Func<byte[], CancellationToken, Task<HttpResponseMessage>> post, IReadOnlyList<LoadRequest> requests, CancellationToken cancellationToken) =>
        Task.WhenAll(requests.Select(request => Task.Run(() => ReadAsync(post, request, cancellationToken), cancellationToken)));

    /// <summary>Opens streams and leaves each at its first event; how many began, and how many were refused.</summary>
    public async Task<(int Begun, int Refused)> LeaveAsync(Uri target, IReadOnlyList<LoadRequest> requests, int atOnce, CancellationToken cancellationToken)
    {
        var (begun, refused) = (0, 0);
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken }, async (request, stop) =>
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(request.Body) };
            using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, stop);
            if (!response.IsSuccessStatusCode) Interlocked.Increment(ref refused);
            else if (await (await response.Content.ReadAsStreamAsync(stop)).ReadAsync(new byte[1], stop) == 1) Interlocked.Increment(ref begun);
        });
        return (begun, refused);
    }

    public void Dispose() => client.Dispose();

    private static async Task<StreamOutcome> ReadAsync(Func<byte[], CancellationToken, Task<HttpResponseMessage>> post, LoadRequest request, CancellationToken cancellationToken)
    {
        using var response = await post(request.Body, cancellationToken);
        if (!response.IsSuccessStatusCode)
            return new StreamOutcome((int)response.StatusCode, "", await response.Content.ReadAsStringAsync(cancellationToken), []);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        List<double> delays = [];
        var (name, data) = ("", "");
        await foreach (var item in SseParser.Create(body, Parse).EnumerateAsync(cancellationToken))
        {
            (name, data) = (item.EventType, item.Data.Text);
            if (item.Data.SentTicks is { } sent) delays.Add(Stopwatch.GetElapsedTime(sent, item.Data.ReadTicks).TotalMilliseconds);
        }

        return new StreamOutcome((int)response.StatusCode, name, data, delays);
    }

    /// <summary>Reads the clock first: what follows is this reader's cost, not the path's.</summary>
    private static (long ReadTicks, long? SentTicks, string Text) Parse(string eventType, ReadOnlySpan<byte> data)
    {
        var now = Stopwatch.GetTimestamp();
        if (eventType != "chunk") return (now, null, Encoding.UTF8.GetString(data));
        var reader = new Utf8JsonReader(data);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("delta"u8)) continue;
            reader.Read();
            return (now, long.Parse(reader.ValueSpan.TrimEnd((byte)' '), CultureInfo.InvariantCulture), "");
        }

        return (now, null, "");
    }
}
