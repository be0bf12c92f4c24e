using System.Buffers;
using System.Globalization;
using System.Text;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace FedAi.Daemon.Bench;

/// <summary>
/// Nodes without a model, for a router that is measured: each has a key of its own, checks what it is asked, and signs answer and metering as
/// a real one does. Those that are told to fail answer with an error.
/// </summary>
internal sealed class BenchNodes : IAsyncDisposable
{
    public const string ModelId = "bench";

    private const string Answer = "one two three";
    private const int InputTokens = 4, OutputTokens = 3;

    private readonly KeyPair[] keys;
    private readonly WebApplication app;
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });
    private readonly TimeProvider time;
    private volatile int failing;

    private BenchNodes(KeyPair[] keys, WebApplication app, TimeProvider time) => (this.keys, this.app, this.time) = (keys, app, time);

    public IReadOnlyList<KeyPair> Keys => keys;

    /// <summary>So many of the nodes, the first ones, fail from now on.</summary>
    public int Failing
    {
        set => failing = value;
    }

    public static async Task<BenchNodes> StartAsync(int count, TimeProvider time, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        var nodes = new BenchNodes([.. Enumerable.Range(0, count).Select(_ => KeyPair.Generate())], builder.Build(), time);
        nodes.app.UseRouting();
        nodes.app.MapPost("/{node:int}/infer", (RequestDelegate)nodes.InferAsync);
        await nodes.app.StartAsync(cancellationToken);
        return nodes;
    }

    /// <summary>Where one of them listens.</summary>
    public Uri Address(int node) => new($"{app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()}/{node.ToString(CultureInfo.InvariantCulture)}/");

    /// <summary>Tells a router that the first nodes are here and free; holds for 30 s.</summary>
    public async Task RegisterAsync(Uri router, int count, CancellationToken cancellationToken)
    {
        for (var node = 0; node < count; node++)
        {
            var descriptor = new NodeDescriptor
            {
                NodeId = keys[node].PublicKey.Npub,
                KeyId = keys[node].PublicKey.Npub,
                Endpoint = Address(node).ToString(),
                Capacity = new NodeCapacity { MaxConcurrent = 1000, CurrentLoad = 0 },
                Capabilities =
                [
                    new FedAi.Protocol.Messages.Capability
                    {
                        ModelId = ModelId,
                        ContextWindow = 1_000_000,
                        MaxTokens = 1000,
                        Pricing = new Pricing { Unit = PricingUnit.Token, InputRate = 0, OutputRate = 0, Currency = "SAT" },
                    },
                ],
            };
            using var body = new ByteArrayContent(EnvelopeSealer.Seal(descriptor, ProtocolJson.Default.NodeDescriptor, keys[node], NowMs()));
            using var answer = await http.PostAsync(new Uri(router, "register-node"), body, cancellationToken);
            if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"the router refused a node: {(int)answer.StatusCode}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await app.DisposeAsync();
        foreach (var key in keys) key.Dispose();
    }

    private async Task InferAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var node = int.Parse((string)context.Request.RouteValues["node"]!, CultureInfo.InvariantCulture);
        context.Response.ContentType = "application/json";
        if (node < failing || !EnvelopeSealer.TryOpen(body.ToArray(), out var envelope, out _) || !envelope.VerifySignature() || !envelope.TryRead(ProtocolJson.Default.InferenceRequest, out var request, out _))
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            context.Response.BodyWriter.Write("""{"error":"runner-crashed"}"""u8);
        }
        else
        {
            context.Response.BodyWriter.Write(Final(request, keys[node]));
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private byte[] Final(InferenceRequest request, KeyPair key)
    {
        var now = NowMs();
        var response = EnvelopeSealer.Seal(new InferenceResponse
        {
            RequestId = request.RequestId,
            ModelId = request.ModelId,
            Output = Answer,
            Usage = new TokenUsage { InputTokens = InputTokens, OutputTokens = OutputTokens },
            LatencyMs = 0,
            FinishReason = "stop",
        }, ProtocolJson.Default.InferenceResponse, key, now);
        var metering = EnvelopeSealer.Seal(new MeteringRecord
        {
            RequestId = request.RequestId,
            NodeId = key.PublicKey.Npub,
            ModelId = request.ModelId,
            PromptHash = PromptHash.Of(request),
            InputTokens = InputTokens,
            OutputTokens = OutputTokens,
            WallTimeMs = 0,
            BytesIn = PromptHash.PromptBytes(request),
            BytesOut = Encoding.UTF8.GetByteCount(Answer),
            Ts = now,
            OutputHash = OutputHash.Of(request, Answer),
            Status = MeteringStatus.Complete,
            PriceMsat = 0,
        }, ProtocolJson.Default.MeteringRecord, key, now);
        return [.. "{\"response\":"u8, .. response, .. ",\"metering\":"u8, .. metering, .. "}"u8];
    }

    private long NowMs() => time.GetUtcNow().ToUnixTimeMilliseconds();
}
