using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Text.Json;
using FedAi.Daemon.Peering;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Envelopes;
using FedAi.Protocol.Json;
using FedAi.Protocol.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FedAi.TestKit;

/// <summary>
/// A router that passes everything on to an honest one, under its own key, keeps all it sees, and changes what a test tells it
/// to: what a router could do to requests and answers that are not its own.
/// </summary>
internal sealed class MeddlingRouter : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly KeyPair key = KeyPair.Generate();
    private readonly HttpClient http = new();
    private readonly Uri honest;
    private readonly ConcurrentQueue<byte[]> seen = new();
    private int asked;

    private MeddlingRouter(WebApplication app, Uri honest) => (this.app, this.honest) = (app, honest);

    public Uri Base => new(app.Urls.Single() + "/");

    /// <summary>What it asks the honest router for a quote on.</summary>
    public Func<QuoteRequest, QuoteRequest> QuoteAsked { get; set; } = quote => quote;

    public Func<QuoteResponse, QuoteResponse> Quote { get; set; } = quote => quote;

    public Func<InferenceRequest, InferenceRequest> Request { get; set; } = request => request;

    /// <summary>The pieces of an answer that it passes on.</summary>
    public Func<IReadOnlyList<string>, IReadOnlyList<string>> Pieces { get; set; } = pieces => pieces;

    /// <summary>Every body that went through, both ways.</summary>
    public byte[] Seen => [.. seen.SelectMany(body => body)];

    /// <summary>How many requests it was given, quotes aside.</summary>
    public int Asked => Volatile.Read(ref asked);

    /// <summary>As a gateway knows it.</summary>
    public KnownRouter Announced
    {
        get
        {
            var known = AnnouncedRouter.At(key.PublicKey, Base, WireClient.Now, "scripted");
            return known with { Profile = known.Profile with { PrivacyCaps = new PrivacyCaps { MaxLevel = PrivacyLevel.PL3 } } };
        }
    }

    public static async Task<MeddlingRouter> StartAsync(Uri honest)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var router = new MeddlingRouter(builder.Build(), honest);
        router.app.MapPost("/quote", router.QuoteAsync);
        router.app.MapPost("/infer/stream", router.StreamAsync);
        await router.app.StartAsync();
        return router;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        http.Dispose();
        key.Dispose();
    }

    private async Task QuoteAsync(HttpContext context)
    {
        var quote = await ReadAsync(context, ProtocolJson.Default.QuoteRequest);
        using var answer = await PassAsync("quote", EnvelopeSealer.Seal(QuoteAsked(quote), ProtocolJson.Default.QuoteRequest, key, WireClient.Now));
        var body = await answer.Content.ReadAsByteArrayAsync();
        seen.Enqueue(body);
        if (answer.IsSuccessStatusCode)
        {
            EnvelopeSealer.TryOpen(JsonDocument.Parse(body).RootElement.GetProperty("quote"), out var envelope, out _);
            envelope!.TryRead(ProtocolJson.Default.QuoteResponse, out var offered, out _);
            body = [.. "{\"quote\":"u8, .. EnvelopeSealer.Seal(Quote(offered!), ProtocolJson.Default.QuoteResponse, key, WireClient.Now), .. "}"u8];
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        await context.Response.BodyWriter.WriteAsync(body);
    }

    private async Task StreamAsync(HttpContext context)
    {
        Interlocked.Increment(ref asked);
        var request = await ReadAsync(context, ProtocolJson.Default.InferenceRequest);
        using var answer = await PassAsync("infer/stream", EnvelopeSealer.Seal(Request(request), ProtocolJson.Default.InferenceRequest, key, WireClient.Now));
        var body = await answer.Content.ReadAsByteArrayAsync();
        seen.Enqueue(body);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (!answer.IsSuccessStatusCode)
        {
            await context.Response.BodyWriter.WriteAsync(body);
            return;
        }

        var events = SseParser.Create(new MemoryStream(body)).Enumerate().ToList();
        var pieces = events.Where(item => item.EventType == "chunk").Select(item => JsonSerializer.Deserialize(item.Data, ProtocolJson.Default.InferenceStreamChunk)!.Delta).ToList();
        foreach (var (index, piece) in Pieces(pieces).Index())
        {
            var chunk = new InferenceStreamChunk { RequestId = request.RequestId, ModelId = request.ModelId, Delta = piece, Index = index };
            await context.Response.WriteAsync($"event: chunk\ndata: {JsonSerializer.Serialize(chunk, ProtocolJson.Default.InferenceStreamChunk)}\n\n");
        }

        foreach (var item in events.Where(item => item.EventType != "chunk")) await context.Response.WriteAsync($"event: {item.EventType}\ndata: {item.Data}\n\n");
    }

    private async Task<T> ReadAsync<T>(HttpContext context, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        seen.Enqueue(body.ToArray());
        EnvelopeSealer.TryOpen(body.ToArray(), out var envelope, out _);
        envelope!.TryRead(type, out var payload, out _);
        return payload!;
    }

    private Task<HttpResponseMessage> PassAsync(string path, byte[] envelope) => http.PostAsync(new Uri(honest, path), new ByteArrayContent(envelope));
}
