using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace FedAi.Runners.Library;

/// <summary>
/// A file on an HTTP server, read in pieces. Redirects are followed for a hub only, a few, and to encrypted addresses; every
/// wait has an end. What the server says of the file is known after the first answer.
/// </summary>
internal sealed class RemoteFile : IDisposable
{
    private const int MostRedirects = 5;

    /// <summary>A server that says nothing for so long says nothing any more.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    private readonly ModelSource source;
    private readonly TimeProvider time;
    private readonly HttpClient http;

    public RemoteFile(ModelSource source, TimeProvider time)
    {
        (this.source, this.time) = (source, time);
        http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !source.Address.IsLoopback,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(20),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // a download may take days; each wait is bounded by itself
        };
    }

    /// <summary>Length in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>The server's strong name (ETag) for this version of the file.</summary>
    public string? Tag { get; private set; }

    /// <summary>As the hub says it, hex.</summary>
    public string? Sha256 { get; private set; }

    /// <summary>
    /// The file from an offset on, to its end or as many bytes; <c>From</c> is where the answer really begins: a server that knows no
    /// ranges begins at 0. Or why there is no answer.
    /// </summary>
    public async Task<(HttpResponseMessage? Answer, long From, ModelProblem? Problem)> OpenAsync(long from, long? count, CancellationToken cancellationToken)
    {
        var address = source.Address;
        for (var redirects = 0; ; redirects++)
        {
            HttpResponseMessage answer;
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("fedai", null));
            if (from > 0 || count is not null) request.Headers.Range = new RangeHeaderValue(from, count is null ? null : from + count - 1);
            if (from > 0 && Tag is not null) request.Headers.IfRange = new RangeConditionHeaderValue(Tag);
            try
            {
                answer = await BoundedAsync(token => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is HttpRequestException or TimeoutException)
            {
                return (null, 0, new($"{address.Host} does not answer: {exception.Message}", MayPass: true));
            }

            if (source.IsHub && HeaderOf(answer, "X-Linked-ETag") is { } linked) Sha256 = ModelRules.Hash(linked.Trim('"')) ?? Sha256;
            if ((int)answer.StatusCode is < 300 or >= 400) return Judge(answer, from);
            var next = answer.Headers.Location is { } location ? new Uri(address, location) : null;
            answer.Dispose();
            if (next is null || !source.IsHub || redirects == MostRedirects || !ModelSource.IsSafe(next) || (next.IsLoopback && !source.Address.IsLoopback))
                return (null, 0, new(next is null || source.IsHub ? $"{address.Host} sends on to where this program does not go" : $"{address} has moved to {next}: pull that address if you trust it"));
            address = next;
        }
    }

    /// <summary>Reads on; 0 at the end. Throws an <see cref="IOException"/> when the connection breaks or the server falls silent.</summary>
    public async Task<int> ReadAsync(Stream body, Memory<byte> into, CancellationToken cancellationToken)
    {
        try
        {
            return await BoundedAsync(token => body.ReadAsync(into, token).AsTask(), cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    public void Dispose() => http.Dispose();

    /// <summary>What the answer is worth: its length must be known, and a range must be the one that was asked for, of the same file.</summary>
    private (HttpResponseMessage?, long, ModelProblem?) Judge(HttpResponseMessage answer, long from)
    {
        var range = answer.Content.Headers.ContentRange;
        var (begins, bytes) = answer.StatusCode == HttpStatusCode.PartialContent ? (range?.From, range?.Length) : (0, answer.Content.Headers.ContentLength);
        var problem = answer.StatusCode switch
        {
            HttpStatusCode.OK or HttpStatusCode.PartialContent when bytes is null or <= 0 || begins != (answer.StatusCode == HttpStatusCode.OK ? 0 : from) =>
                new ModelProblem($"{source.Address.Host} does not say how long the file is; get it by other means, then fedai models add FILE"),
            HttpStatusCode.OK or HttpStatusCode.PartialContent => null,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new($"{source.Address.Host} wants to know who asks ({(int)answer.StatusCode}); get the file by other means, then fedai models add FILE"),
            HttpStatusCode.NotFound => new($"{source.Address} does not exist"),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError => new($"{source.Address.Host} answers {(int)answer.StatusCode}", MayPass: true),
            _ => new($"{source.Address.Host} answers {(int)answer.StatusCode}"),
        };
        if (problem is not null)
        {
            answer.Dispose();
            return (null, 0, problem);
        }

        Bytes = bytes!.Value;
        Tag = answer.Headers.ETag is { IsWeak: false } tag ? tag.Tag : null;
        return (answer, begins!.Value, null);
    }

    private async Task<T> BoundedAsync<T>(Func<CancellationToken, Task<T>> wait, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Silence, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await wait(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(string.Create(CultureInfo.InvariantCulture, $"nothing came for {Silence.TotalSeconds:0} s"));
        }
    }

    private static string? HeaderOf(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
