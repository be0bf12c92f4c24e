using System.Collections.Concurrent;
using System.Text;
using FedAi.Runners.OpenAi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FedAi.TestKit;

/// <summary>A server with OpenAI's interface on a free loopback port whose answers a test writes down to the byte; it keeps what it was asked.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<(string Path, string? Authorization, string Body)> asked = new();
    private readonly TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ScriptedServer(WebApplication app) => this.app = app;

    /// <summary>What <c>GET models</c> answers.</summary>
    public string Models { get; set; } = """{"object":"list","data":[{"id":"m"}]}""";

    /// <summary>What everything else answers.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = context => EventsAsync(context, Chunk("hello"), Finish("stop"), "[DONE]");

    /// <summary>How often the models were asked for.</summary>
    public int Polls { get; private set; }

    /// <summary>Requests for answers, in order.</summary>
    public IReadOnlyCollection<(string Path, string? Authorization, string Body)> Asked => asked;

    /// <summary>Completes when a caller left before its answer was whole.</summary>
    public Task Left => left.Task;

    public Uri Base => new(app.Urls.Single() + "/v1/");

    public OpenAiUpstream Upstream => new() { Base = Base, ContextTokens = 4096 };

    public static async Task<ScriptedServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new ScriptedServer(builder.Build());
        server.app.MapGet("/v1/models", (HttpContext context) =>
        {
            server.Polls++;
            return context.Response.WriteAsync(server.Models);
        });
        server.app.MapFallback(server.AnswerAsync);
        await server.app.StartAsync();
        return server;
    }

    /// <summary>Sends events, each flushed.</summary>
    public static async Task EventsAsync(HttpContext context, params string[] events)
    {
        if (!context.Response.HasStarted) context.Response.ContentType = "text/event-stream";
        foreach (var one in events)
        {
            await context.Response.WriteAsync($"data: {one}\n\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    /// <summary>Nothing more, until the caller leaves.</summary>
    public static Task StallAsync(HttpContext context) => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);

    public static string Chunk(string text) => $$"""{"choices":[{"index":0,"delta":{"content":"{{text}}"},"finish_reason":null}]}""";

    public static string Finish(string reason, string usage = "null") => $$"""{"choices":[{"index":0,"delta":{},"finish_reason":"{{reason}}"}],"usage":{{usage}}}""";

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body, Encoding.UTF8);
        asked.Enqueue((context.Request.Path, context.Request.Headers.Authorization, await body.ReadToEndAsync()));
        try
        {
            await Answer(context);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            left.TrySetResult();
        }
    }
}
