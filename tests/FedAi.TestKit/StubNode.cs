using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FedAi.TestKit;

/// <summary>
/// A node without a model: real HTTP, real signatures checked and made, an answer of counted words. It stands where the
/// cost of a model would hide the cost of the path to it, and where a test needs a node that cheats.
/// </summary>
internal sealed class StubNode : IAsyncDisposable
{
    public const string ModelId = "stub";

    /// <summary>A prompt with this in it is answered with a signature that does not hold.</summary>
    public const string Cheat = "answer with a wrong signature";

    private static readonly TimeSpan TokenInterval = TimeSpan.FromMilliseconds(50);

    private readonly KeyPair key;
    private readonly WebApplication app;
    private readonly HttpClient http = new();

    private StubNode(KeyPair key, WebApplication app) => (this.key, this.app) = (key, app);

    public Uri Base => new(app.Urls.Single() + "/");

    public static async Task<StubNode> StartAsync(KeyPair key)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>(options => options.AddServerHeader = false);
        var node = new StubNode(key, builder.Build());
        node.app.MapPost("/infer", node.InferAsync);
        node.app.MapPost("/infer/stream", node.StreamAsync);
        await node.app.StartAsync();
        return node;
    }

    /// <summary>Tells a router that this node is here and free; to be said again every 10 s.</summary>
    public async Task RegisterAsync(Uri router, CancellationToken cancellationToken)
    {
        var descriptor = new NodeDescriptor
        {
            NodeId = key.PublicKey.Npub,
            KeyId = key.PublicKey.Npub,
            Endpoint = Base.ToString(),
            Capacity = new NodeCapacity { MaxConcurrent = 1000, CurrentLoad = 0 },
            Capabilities =
            [
                new Capability
                {
                    ModelId = ModelId,
                    ContextWindow = 100_000,
                    MaxTokens = 100_000,
                    Pricing = new Pricing { Unit = PricingUnit.Token, InputRate = 0, OutputRate = 0, Currency = "SAT" },
                },
            ],
        };
        using var body = new ByteArrayContent(EnvelopeSealer.Seal(descriptor, ProtocolJson.Default.NodeDescriptor, key, NowMs()));
        using var answer = await http.PostAsync(new Uri(router, "register-node"), body, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"the router refused the stub: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
    }

    private async Task InferAsync(HttpContext context)
    {
        if (await OpenAsync(context) is not { } request) return;
        context.Response.ContentType = "application/json";
        context.Response.BodyWriter.Write(Final(request, "one two three", 3));
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>
    /// Sends maxTokens words at 20 a second; each is the time of its sending in Stopwatch ticks, which all processes of a machine share.
    /// Every stream keeps a beat of its own: timers of equal period that once fired together would stay together, and no two users do.
    /// </summary>
    private async Task StreamAsync(HttpContext context)
    {
        if (await OpenAsync(context) is not { } request) return;
        context.Response.ContentType = "text/event-stream";
        var output = new StringBuilder();
        var started = Stopwatch.GetTimestamp();
        var phase = TokenInterval * RandomNumberGenerator.GetInt32(1000) / 1000;
        for (var index = 0; index < request.MaxTokens; index++)
        {
            var wait = phase + (TokenInterval * index) - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, context.RequestAborted);
            var word = Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture) + " ";
            output.Append(word);
            context.Response.BodyWriter.Write(Encoding.UTF8.GetBytes(
                $"event: chunk\ndata: {{\"requestId\":\"{request.RequestId}\",\"modelId\":\"{ModelId}\",\"delta\":\"{word}\",\"index\":{index}}}\n\n"));
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }

        context.Response.BodyWriter.Write("event: final\ndata: "u8);
        context.Response.BodyWriter.Write(Final(request, output.ToString(), (int)request.MaxTokens));
        context.Response.BodyWriter.Write("\n\n"u8);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static async Task<InferenceRequest?> OpenAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (EnvelopeSealer.TryOpen(body.ToArray(), out var envelope, out _) && envelope.VerifySignature()
            && envelope.TryRead(ProtocolJson.Default.InferenceRequest, out var request, out _)) return request;
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        await context.Response.WriteAsync("""{"error":"invalid-signature"}""", context.RequestAborted);
        return null;
    }

    private byte[] Final(InferenceRequest request, string output, int tokens)
    {
        var now = NowMs();
        var response = EnvelopeSealer.Seal(new InferenceResponse
        {
            RequestId = request.RequestId,
            ModelId = request.ModelId,
            Output = output,
            Usage = new TokenUsage { InputTokens = 4, OutputTokens = tokens },
            LatencyMs = 0,
            FinishReason = "stop",
        }, ProtocolJson.Default.InferenceResponse, key, now);
        var metering = EnvelopeSealer.Seal(new MeteringRecord
        {
            RequestId = request.RequestId,
            NodeId = key.PublicKey.Npub,
            ModelId = request.ModelId,
            PromptHash = PromptHash.Of(request),
            InputTokens = 4,
            OutputTokens = tokens,
            WallTimeMs = 0,
            BytesIn = PromptHash.PromptBytes(request),
            BytesOut = Encoding.UTF8.GetByteCount(output),
            Ts = now,
            OutputHash = OutputHash.Of(request, output),
            Status = MeteringStatus.Complete,
            PriceMsat = 0,
        }, ProtocolJson.Default.MeteringRecord, key, now);
        if (request.Prompt.Contains(Cheat, StringComparison.Ordinal)) SpoilSignature(response);
        return [.. "{\"response\":"u8, .. response, .. ",\"metering\":"u8, .. metering, .. "}"u8];
    }

    /// <summary>Changes one character of the signature's base64: still 64 bytes, no longer the signature.</summary>
    public static void SpoilSignature(Span<byte> envelope)
    {
        var at = envelope.LastIndexOf("\"sig\":\""u8) + "\"sig\":\""u8.Length;
        envelope[at] = envelope[at] == (byte)'A' ? (byte)'B' : (byte)'A';
    }

    private static long NowMs() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
}
