using System.Globalization;
using System.Net;
using FedAi.Daemon.Peering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.TestKit;

/// <summary>The product's own relay on loopback, with limits of the test's choice.</summary>
internal sealed class OwnRelay : ITestRelay
{
    private readonly WebApplication app;

    private OwnRelay(WebApplication app, RelayHub hub, Uri url)
    {
        this.app = app;
        Hub = hub;
        Url = url;
    }

    public RelayHub Hub { get; }

    public Uri Url { get; }

    public static async Task<OwnRelay> StartAsync(int port = 0, RelayLimits? limits = null, TimeProvider? clock = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddRoutingCore().AddSingleton(clock ?? TimeProvider.System);
        var app = builder.Build();
        var hub = new RelayHub(limits ?? new RelayLimits(), clock ?? TimeProvider.System);
        app.UseRouting();
        app.MapRelay(hub);
        await app.StartAsync();
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return new OwnRelay(app, hub, new Uri(string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{address.Port}/relay")));
    }

    public async Task<ITestRelay> RestartAsync()
    {
        await DisposeAsync();
        return await StartAsync(Url.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
