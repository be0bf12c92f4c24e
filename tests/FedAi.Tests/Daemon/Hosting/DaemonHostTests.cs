using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using FedAi.Daemon.Hosting;
using FedAi.Protocol.Crypto;
using FedAi.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FedAi.Tests.Daemon.Hosting;

public sealed class DaemonHostTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Request_ThatThrows_Is500WithoutTheMessageAndHurtsNobodyElse()
    {
        await using var app = await StartAsync(built => built.MapGet("/boom", (RequestDelegate)(_ => throw new InvalidOperationException("MARKER"))));
        using var http = Client(app);

        using var answer = await http.GetAsync(new Uri("boom", UriKind.Relative));
        var body = await answer.Content.ReadAsStringAsync();

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        body.ShouldStartWith("""{"error":"internal-error",""");
        body.ShouldNotContain("MARKER");
        (await http.GetStringAsync(new Uri("health", UriKind.Relative))).ShouldBe("""{"ok":true}""");
        (await http.GetStringAsync(new Uri("metrics", UriKind.Relative))).ShouldContain("""fedai_requests_total{route="/boom",status="500"} 1""");
    }

    [Fact]
    public async Task Request_HasNoActivity_SinceNothingReadsOne()
    {
        await using var app = await StartAsync(built => built.MapGet("/who", (RequestDelegate)(request => request.Response.WriteAsync(Activity.Current?.Id ?? "nobody"))));
        using var http = Client(app);

        (await http.GetStringAsync(new Uri("who", UriKind.Relative))).ShouldBe("nobody");
    }

    [Fact]
    public async Task Request_UnknownPathOrMethod_IsAClearRefusal()
    {
        await using var app = await StartAsync();
        using var http = Client(app);

        using var path = await http.GetAsync(new Uri("nowhere", UriKind.Relative));
        using var method = await http.DeleteAsync(new Uri("health", UriKind.Relative));

        path.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await path.Content.ReadAsStringAsync()).ShouldStartWith("""{"error":"not-found",""");
        method.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        (await method.Content.ReadAsStringAsync()).ShouldStartWith("""{"error":"method-not-allowed",""");
    }

    [Fact]
    public async Task Drain_RequestInFlight_IsFinishedAndANewOneIsTurnedAway()
    {
        var entered = new TaskCompletionSource();
        var leave = new TaskCompletionSource();
        await using var app = await StartAsync(built => built.MapGet("/work", (RequestDelegate)(async request =>
        {
            entered.SetResult();
            await leave.Task;
            await request.Response.WriteAsync("done");
        })));
        using var http = Client(app);
        var work = http.GetStringAsync(new Uri("work", UriKind.Relative));
        await entered.Task;

        var drained = app.Services.GetRequiredService<RequestGuard>().DrainAsync(Patience.Limit, Patience.Limit);
        using var late = await http.GetAsync(new Uri("work", UriKind.Relative));
        using var health = await http.GetAsync(new Uri("health", UriKind.Relative));

        late.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        late.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
        (await late.Content.ReadAsStringAsync()).ShouldStartWith("""{"error":"draining",""");
        health.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        drained.IsCompleted.ShouldBeFalse();
        leave.SetResult();
        (await work).ShouldBe("done");
        await drained;
    }

    [Fact]
    public async Task Drain_RequestThatDoesNotEnd_IsAbortedAndItsHandlerStillEnds()
    {
        var entered = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        await using var app = await StartAsync(built => built.MapGet("/work", (RequestDelegate)(async request =>
        {
            entered.SetResult();
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, request.RequestAborted);
            }
            finally
            {
                ended.SetResult();
            }
        })));
        using var http = Client(app);
        var work = http.GetStringAsync(new Uri("work", UriKind.Relative));
        await entered.Task;

        await app.Services.GetRequiredService<RequestGuard>().DrainAsync(patience: TimeSpan.Zero, afterAbort: Patience.Limit);

        ended.Task.IsCompleted.ShouldBeTrue();
        await Should.ThrowAsync<HttpRequestException>(() => work);
    }

    [Fact]
    public async Task Run_LoopThatFails_EndsWith70()
    {
        await using var app = DaemonHost.Build(Context(), services => services.AddHostedService<FailingLoop>());

        (await DaemonHost.RunAsync(app)).ShouldBe(ExitCodes.Bug);
    }

    [Fact]
    public async Task Run_StoppedInOrder_EndsWith0()
    {
        await using var app = DaemonHost.Build(Context());
        app.Lifetime.ApplicationStarted.Register(app.Lifetime.StopApplication);

        (await DaemonHost.RunAsync(app)).ShouldBe(ExitCodes.Ok);
    }

    [Fact]
    public async Task Run_StoppedBeforeItHasStarted_EndsWith0()
    {
        await using var app = DaemonHost.Build(Context());
        app.Lifetime.StopApplication();

        (await DaemonHost.RunAsync(app)).ShouldBe(ExitCodes.Ok);
    }

    [Fact]
    public async Task Run_FolderOfARunningDaemon_IsRefusedInOneLine()
    {
        DataFolder.TryHold(folder.Path, out var held).ShouldBeTrue();
        using (held)
        {
            var (code, line) = await RefusedAsync(Context());

            code.ShouldBe(ExitCodes.TryAgain);
            line.ShouldContain("another fedai runs on");
        }
    }

    [Fact]
    public async Task Run_PortInUse_IsRefusedInOneLine()
    {
        using var occupied = new TcpListener(IPAddress.Loopback, 0);
        occupied.Start();

        var (code, line) = await RefusedAsync(Context(((IPEndPoint)occupied.LocalEndpoint).Port));

        code.ShouldBe(ExitCodes.TryAgain);
        line.ShouldContain("address already in use");
    }

    [Fact]
    public async Task Run_StoreThatIsNone_IsRefusedInOneLine()
    {
        Directory.CreateDirectory(folder.File("main"));
        await File.WriteAllTextAsync(folder.File("main/store.db"), new string('x', 5000));

        var (code, line) = await RefusedAsync(Context());

        code.ShouldBe(ExitCodes.TryAgain);
        line.ShouldContain("store.db");
    }

    private static HttpClient Client(WebApplication app) => new() { BaseAddress = app.Services.GetRequiredService<RunningState>().Addresses[0] };

    private static async Task<(int Code, string Line)> RefusedAsync(DaemonContext context)
    {
        using var errors = new StringWriter();
        var code = await DaemonHost.RunAsync(context, errors);
        return (code, errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem());
    }

    private DaemonContext Context(int port = 0) => new()
    {
        Role = Role.Router,
        DataFolder = folder.Path,
        Key = KeyPair.Generate(),
        Options = new FedAiOptions { Http = new() { Listen = $"127.0.0.1:{port}" } },
    };

    private async Task<WebApplication> StartAsync(Action<WebApplication>? map = null)
    {
        var app = DaemonHost.Build(Context());
        map?.Invoke(app);
        await DaemonHost.StartAsync(app);
        return app;
    }

    private sealed class FailingLoop : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            throw new InvalidOperationException("a bug");
        }
    }
}
