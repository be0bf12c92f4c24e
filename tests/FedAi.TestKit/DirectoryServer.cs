using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FedAi.TestKit;

/// <summary>An HTTP directory of relays that answers as a test tells it.</summary>
internal sealed class DirectoryServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private int asked;

    private DirectoryServer(WebApplication app) => this.app = app;

    public Uri Url => new(new Uri(app.Urls.Single()), "/relays.json");

    public int Asked => Volatile.Read(ref asked);

    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public static async Task<DirectoryServer> StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new DirectoryServer(builder.Build()) { Answer = answer };
        server.app.Run(context =>
        {
            Interlocked.Increment(ref server.asked);
            return server.Answer(context);
        });
        await server.app.StartAsync();
        return server;
    }

    /// <summary>A directory that names these relays.</summary>
    public static Task<DirectoryServer> StartAsync(params Uri[] relays) => StartAsync(Text($"[{string.Join(',', relays.Select(relay => $"\"{relay}\""))}]"));

    public static Func<HttpContext, Task> Text(string text) => context => context.Response.WriteAsync(text);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
    }
}
