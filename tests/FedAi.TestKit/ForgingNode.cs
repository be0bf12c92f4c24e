using System.Net;
using System.Text;
using System.Text.Json;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.TestKit;

/// <summary>A node that lies: it registers like any other, and answers with records a test has altered before (or after) signing.</summary>
internal sealed class ForgingNode : IAsyncDisposable
{
    private readonly WebApplication app;

    private ForgingNode(WebApplication app, KeyPair key)
    {
        this.app = app;
        Key = key;
    }

    public KeyPair Key { get; }

    public Uri Base => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/");

    /// <summary>What the node says it did; the honest record goes in.</summary>
    public Func<InferenceResponse, InferenceResponse> Response { get; set; } = response => response;

    public Func<MeteringRecord, MeteringRecord> Metering { get; set; } = record => record;

    /// <summary>Alters the two envelopes after they were signed.</summary>
    public Func<byte[], byte[]> ResponseWire { get; set; } = wire => wire;

    public Func<byte[], byte[]> MeteringWire { get; set; } = wire => wire;

    /// <summary>Signs with another key than the registered one.</summary>
    public KeyPair? Signer { get; set; }

    /// <summary>The pieces it streams; the signed output stays what it is.</summary>
    public IReadOnlyList<string> Streamed { get; set; } = ["An ", "answer."];

    /// <summary>Instead of a final, ends the stream there.</summary>
    public bool OmitFinal { get; set; }

    /// <summary>A node of the existing software: it knows neither chat nor salts, and its records have only WIRE's members.</summary>
    public bool Existing { get; private init; }

    public InferenceRequest? Asked { get; private set; }

    public static async Task<ForgingNode> StartAsync(Uri router, bool existing = false)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var node = new ForgingNode(builder.Build(), KeyPair.Generate()) { Existing = existing };
        node.app.Run(node.AnswerAsync);
        await node.app.StartAsync();
        using var client = new WireClient(router, node.Key);
        var (status, body) = await client.PostAsync("register-node", node.Descriptor(), ProtocolJson.Default.NodeDescriptor);
        return status == HttpStatusCode.OK ? node : throw new InvalidOperationException(body);
    }

    public NodeDescriptor Descriptor() => new()
    {
        NodeId = Key.PublicKey.Npub,
        KeyId = Key.PublicKey.Npub,
        Endpoint = Base.ToString(),
        Capacity = new NodeCapacity { MaxConcurrent = 8, CurrentLoad = 0 },
        Capabilities =
        [
            new Capability
            {
                ModelId = "scripted",
                ContextWindow = 4096,
                MaxTokens = 1024,
                Pricing = new Pricing { Unit = PricingUnit.Token, InputRate = 0, OutputRate = 0, Currency = "SAT" },
            },
        ],
        Features = Existing ? null : ["chat/1"],
    };

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        EnvelopeSealer.TryOpen(body.ToArray(), out var envelope, out _);
        envelope!.TryRead(ProtocolJson.Default.InferenceRequest, out var request, out _);
        Asked = request;
        var final = $"{{\"response\":{Sealed(request!).Response},\"metering\":{Sealed(request!).Metering}}}";
        if (context.Request.Path == "/infer")
        {
            await context.Response.WriteAsync(final);
            return;
        }

        context.Response.ContentType = "text/event-stream";
        for (var i = 0; i < Streamed.Count; i++)
        {
            var chunk = new InferenceStreamChunk { RequestId = request!.RequestId, ModelId = request.ModelId, Delta = Streamed[i], Index = i };
            await context.Response.WriteAsync($"event: chunk\ndata: {JsonSerializer.Serialize(chunk, ProtocolJson.Default.InferenceStreamChunk)}\n\n");
        }

        if (!OmitFinal) await context.Response.WriteAsync($"event: final\ndata: {final}\n\n");
    }

    private (string Response, string Metering) Sealed(InferenceRequest request)
    {
        const string output = "An answer.";
        var response = Response(new InferenceResponse
        {
            RequestId = request.RequestId,
            ModelId = request.ModelId,
            Output = output,
            Usage = new TokenUsage { InputTokens = 2, OutputTokens = 2 },
            LatencyMs = 1,
        });
        var record = Metering(new MeteringRecord
        {
            RequestId = request.RequestId,
            NodeId = Key.PublicKey.Npub,
            ModelId = request.ModelId,
            PromptHash = Existing ? PromptHash.Plain(request) : PromptHash.Of(request),
            InputTokens = 2,
            OutputTokens = 2,
            WallTimeMs = 1,
            BytesIn = Existing ? Encoding.UTF8.GetByteCount(request.Prompt) : PromptHash.PromptBytes(request),
            BytesOut = output.Length,
            Ts = WireClient.Now,
            OutputHash = Existing ? null : OutputHash.Of(request, output),
            Status = Existing ? null : MeteringStatus.Complete,
        });
        var signer = Signer ?? Key;
        return (
            Encoding.UTF8.GetString(ResponseWire(EnvelopeSealer.Seal(response, ProtocolJson.Default.InferenceResponse, signer, WireClient.Now))),
            Encoding.UTF8.GetString(MeteringWire(EnvelopeSealer.Seal(record, ProtocolJson.Default.MeteringRecord, signer, WireClient.Now))));
    }
}
