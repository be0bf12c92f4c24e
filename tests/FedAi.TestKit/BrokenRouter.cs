using System.Net;
using System.Text.Json;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.TestKit;

/// <summary>A router that sends some chunks, none if a test says so, and then breaks off: with a refusal, or by cutting the connection.</summary>
internal sealed class BrokenRouter : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TaskCompletionSource broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int asked;

    private BrokenRouter(WebApplication app) => this.app = app;

    public Uri Base => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/");

    /// <summary>The pieces it streams before it breaks off.</summary>
    public IReadOnlyList<string> Chunks { get; init; } = [];

    /// <summary>What it refuses with; without one it cuts the connection.</summary>
    public ErrorCode? Refusal { get; init; }

    /// <summary>After chunks it breaks off only when told to, so that they have arrived.</summary>
    public void BreakOff() => broken.TrySetResult();

    /// <summary>How often it was asked.</summary>
    public int Asked => Volatile.Read(ref asked);

    public static async Task<BrokenRouter> StartAsync(ErrorCode? refusal = null, params string[] chunks)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var router = new BrokenRouter(builder.Build()) { Refusal = refusal, Chunks = chunks };
        router.app.Run(router.AnswerAsync);
        await router.app.StartAsync();
        return router;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref asked);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (Chunks.Count > 0)
        {
            EnvelopeSealer.TryOpen(body.ToArray(), out var envelope, out _);
            envelope!.TryRead(ProtocolJson.Default.InferenceRequest, out var request, out _);
            context.Response.ContentType = "text/event-stream";
            for (var i = 0; i < Chunks.Count; i++)
            {
                var chunk = new InferenceStreamChunk { RequestId = request!.RequestId, ModelId = request.ModelId, Delta = Chunks[i], Index = i };
                await context.Response.WriteAsync($"event: chunk\ndata: {JsonSerializer.Serialize(chunk, ProtocolJson.Default.InferenceStreamChunk)}\n\n");
            }

            await context.Response.Body.FlushAsync();
            await broken.Task.WaitAsync(Patience.Limit);
        }

        if (Refusal is not { } code)
        {
            context.Abort();
            return;
        }

        var error = $"{{\"error\":\"{code.Wire()}\"}}";
        if (Chunks.Count == 0) context.Response.StatusCode = code.HttpStatus();
        await context.Response.WriteAsync(Chunks.Count == 0 ? error : $"event: error\ndata: {error}\n\n");
    }
}
