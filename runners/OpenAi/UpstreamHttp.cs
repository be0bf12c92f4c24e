using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using FedAi.Protocol.Messages;

namespace FedAi.Runners.OpenAi;

/// <summary>HTTP to the servers an operator named: no proxy, no cookies, no redirect, and of no answer more than it may have.</summary>
internal sealed class UpstreamHttp : IDisposable
{
    private const int MaxRefusalBytes = 64 * 1024;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpMessageInvoker http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        PooledConnectionLifetime = TimeSpan.FromMinutes(15),
        MaxResponseHeadersLength = 16,
        // Whoever leaves an answer wants no more of it, and the server is to know at once.
        MaxResponseDrainSize = 0,
    });

    /// <summary>The answer once its headers are there, or why there is none. A deadline that passed, the caller's or ours, is the caller's exception.</summary>
    public async Task<(HttpResponseMessage? Answer, Refusal? Refusal)> SendAsync(OpenAiUpstream upstream, HttpMethod method, string path, byte[]? json, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(method, new Uri(upstream.Base, path));
        if (upstream.ApiKey is { } key) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (json is not null) message.Content = new ByteArrayContent(json) { Headers = { ContentType = Json } };
        try
        {
            var answer = await http.SendAsync(message, cancellationToken).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode) return (answer, null);
            using (answer)
            {
                var body = await ReadAsync(answer, MaxRefusalBytes, cancellationToken).ConfigureAwait(false);
                return (null, UpstreamRefusals.Of(answer.StatusCode, body, answer.Headers.RetryAfter?.Delta));
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var why = exception.InnerException is SocketException { SocketErrorCode: var code } ? $" ({code})" : "";
            return (null, new Refusal(ErrorCode.RunnerUnavailable, $"The server behind this node does not answer{why}.", RetryAfterSeconds: 2));
        }
    }

    /// <summary>The body, or as much of it as was wanted.</summary>
    public static async Task<byte[]> ReadAsync(HttpResponseMessage answer, int maxBytes, CancellationToken cancellationToken)
    {
        var body = await answer.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            using var all = new MemoryStream();
            var buffer = new byte[8192];
            while (all.Length < maxBytes)
            {
                var read = await body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, maxBytes - all.Length)), cancellationToken).ConfigureAwait(false);
                if (read == 0) break;
                all.Write(buffer, 0, read);
            }

            return all.ToArray();
        }
    }

    public void Dispose() => http.Dispose();
}
