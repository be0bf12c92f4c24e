using FedAi.Daemon.Accounts;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.OpenAi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.TestKit;

/// <summary>/v1 of the product on a real server and a free port, in front of whatever backend a test gives.</summary>
internal sealed class OpenAiServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private OpenAiServer(WebApplication app) => this.app = app;

    /// <summary>Ends with a slash.</summary>
    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/");

    /// <summary>The base URL as an OpenAI client takes it.</summary>
    public string BaseUrl => Address + "v1";

    public static Task<OpenAiServer> StartAsync(ScriptedRunner runner) => StartAsync(new ScriptedBackend(runner));

    public static async Task<OpenAiServer> StartAsync(IInferenceBackend backend)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 4 * 1024 * 1024;
            // The shortest that Kestrel takes: a test of slow bodies has to sit it out.
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(1.5));
            kestrel.Listen(System.Net.IPAddress.Loopback, 0);
        });
        builder.Services.AddRoutingCore().AddSingleton(TimeProvider.System).AddSingleton<RequestGuard>().AddSingleton(new ApiOptions()).AddSingleton(backend);
        builder.Services.AddLogging();
        builder.Services.AddOpenAi();
        var app = builder.Build();
        var guard = app.Services.GetRequiredService<RequestGuard>();
        app.Use(next => request => guard.InvokeAsync(request, next));
        app.UseRouting();
        app.MapOpenAi();
        await app.StartAsync();
        return new OpenAiServer(app);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
