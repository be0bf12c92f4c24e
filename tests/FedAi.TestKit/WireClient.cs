using System.Net;
using System.Net.Security;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;

namespace FedAi.TestKit;

/// <summary>A client of the WIRE endpoints that does nothing a stranger could not do: it signs and posts. It believes a certificate whose key hash is among the pins.</summary>
internal sealed class WireClient(Uri address, KeyPair key, IReadOnlyList<string>? pins = null) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, problems) => problems == SslPolicyErrors.None || CertificatePin.Fits(certificate, pins ?? []) },
    })
    { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) };

    public KeyPair Key => key;

    public static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    public static InferenceRequest Ask(string model = "scripted", string prompt = "hello", int maxTokens = 64) => new()
    {
        RequestId = Guid.CreateVersion7().ToString(),
        ModelId = model,
        Prompt = prompt,
        MaxTokens = maxTokens,
    };

    public byte[] Seal(InferenceRequest request) => EnvelopeSealer.Seal(request, ProtocolJson.Default.InferenceRequest, key, Now);

    public Task<(HttpStatusCode Status, string Body)> PostAsync<T>(string path, T payload, JsonTypeInfo<T> type) =>
        PostAsync(path, EnvelopeSealer.Seal(payload, type, key, Now));

    public async Task<(HttpStatusCode Status, string Body)> PostAsync(string path, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        // As curl does: a refusal by size comes before the body is sent, instead of breaking the pipe it is sent through.
        request.Headers.ExpectContinue = body.Length > 1024 * 1024;
        using var answer = await http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Opens a stream; the caller reads it and disposes of it, which is how a client leaves.</summary>
    public Task<HttpResponseMessage> StreamAsync(InferenceRequest request, CancellationToken cancellationToken = default) =>
        http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "infer/stream") { Content = new ByteArrayContent(Seal(request)) }, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    public async Task<string> GetAsync(string path) => await http.GetStringAsync(path);

    /// <summary>The code of a refusal body.</summary>
    public static string? ErrorOf(string body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.TryGetProperty("error", out var error) ? error.GetString() : null;
    }

    public void Dispose() => http.Dispose();
}
