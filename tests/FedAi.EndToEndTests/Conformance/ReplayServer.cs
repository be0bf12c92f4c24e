using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.Conformance;

/// <summary>Gives recorded answers again, byte for byte, in the order they were recorded; each play has an address of its own.</summary>
internal sealed class ReplayServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<RecordedAnswer>> plays = new();

    private ReplayServer(WebApplication app) => this.app = app;

    public static async Task<ReplayServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddLogging();
        var server = new ReplayServer(builder.Build());
        server.app.Run(server.AnswerAsync);
        await server.app.StartAsync();
        return server;
    }

    /// <summary>A new address that gives these answers one after another.</summary>
    public Uri Play(IReadOnlyList<RecordedAnswer> answers)
    {
        var name = Guid.CreateVersion7().ToString();
        plays[name] = new(answers);
        return new Uri($"{app.Urls.Single()}/{name}/");
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        var play = context.Request.Path.Value!.Split('/')[1];
        if (!plays.TryGetValue(play, out var answers) || !answers.TryDequeue(out var answer))
        {
            context.Response.StatusCode = StatusCodes.Status418ImATeapot;
            return;
        }

        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.Type;
        if (answer.RequestId is not null) context.Response.Headers["x-request-id"] = answer.RequestId;
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }
}
