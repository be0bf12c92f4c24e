using FedAi.RelayDiscovery.Directories;
using FedAi.TestKit;
using Microsoft.AspNetCore.Http;

namespace FedAi.Tests.RelayDiscovery.Directories;

/// <summary>The finder against real HTTP servers, good and bad.</summary>
public sealed class RelayFinderTests : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public void Dispose() => http.Dispose();

    [Fact]
    public async Task Ask_GoodAndBadDirectories_TheGoodOnesCount()
    {
        await using var good = await DirectoryServer.StartAsync(DirectoryServer.Text("""{"relays":["a.example",{"url":"b.example","score":8}]}"""));
        await using var other = await DirectoryServer.StartAsync(DirectoryServer.Text("""{"c.example":true}"""));
        await using var broken = await DirectoryServer.StartAsync(context => Answer(context, 500, ""));
        await using var garbage = await DirectoryServer.StartAsync(DirectoryServer.Text("<html>"));
        await using var redirecting = await DirectoryServer.StartAsync(context =>
        {
            context.Response.Redirect(good.Url.ToString());
            return Task.CompletedTask;
        });
        await using var silent = await DirectoryServer.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        await using var slow = await DirectoryServer.StartAsync(async context =>
        {
            while (true)
            {
                await context.Response.WriteAsync(" ");
                await context.Response.Body.FlushAsync();
                await Task.Delay(20, context.RequestAborted);
            }
        });
        var gone = await DirectoryServer.StartAsync();
        var nobody = gone.Url;
        await gone.DisposeAsync();
        var told = new List<DirectoryAnswer>();
        var finder = Finder(new RelayFinderOptions { Directories = [broken.Url, good.Url, garbage.Url, redirecting.Url, silent.Url, slow.Url, nobody, other.Url] }, TimeSpan.FromSeconds(2));

        (await finder.AskAsync(new Progress(told.Add), default)).ShouldBeFalse();

        finder.Find([]).Select(relay => relay.Url.Host).ShouldBe(["b.example", "a.example", "c.example"]);
        Problem(broken.Url).ShouldBe("answers 500");
        Problem(garbage.Url).ShouldBe("sends no JSON");
        Problem(redirecting.Url)!.ShouldStartWith("redirects");
        Problem(silent.Url).ShouldBe("did not answer within 2 s");
        Problem(slow.Url).ShouldBe("did not answer within 2 s");
        Problem(nobody).ShouldNotBeNull();
        Problem(good.Url).ShouldBeNull();
        told.Count.ShouldBe(8);

        string? Problem(Uri directory) => finder.Answers.Single(answer => answer.Directory == directory).Problem;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ask_DirectoryOf100Megabytes_IsNotReadToTheEnd(bool withLength)
    {
        var ended = new TaskCompletionSource();
        await using var huge = await DirectoryServer.StartAsync(async context =>
        {
            if (withLength) context.Response.ContentLength = 100 * 1024 * 1024;
            var part = new byte[64 * 1024];
            try
            {
                // Without a length it never ends at all.
                for (var sent = 0; !withLength || sent < 100 * 1024 * 1024; sent += part.Length) await context.Response.Body.WriteAsync(part, context.RequestAborted);
            }
            finally
            {
                ended.SetResult();
            }
        });
        var finder = Finder(new RelayFinderOptions { Directories = [huge.Url] }, Patience.Limit);

        await finder.AskAsync(null, default);

        finder.Answers.Single().Problem.ShouldBe("sends more than 4 MiB");
        await ended.Task.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task Find_DirectoriesAreDown_UsesWhatItRememberedAndForgetsWhatIsOld()
    {
        await using var directory = await DirectoryServer.StartAsync(DirectoryServer.Text("""["a.example",{"url":"old.example","lastSeenMs":1000}]"""));
        var options = new RelayFinderOptions { Bootstrap = [new Uri("wss://boot.example/")], Directories = [directory.Url] };
        var before = Finder(options);
        await before.AskAsync(null, default);
        var snapshot = before.Snapshot(before.Find([]));
        directory.Answer = context => Answer(context, 503, "");
        var finder = Finder(options);
        finder.Remember(snapshot);

        // Before anybody was asked, too: start-up waits for nothing.
        finder.Find([]).Select(relay => relay.Url.Host).ShouldBe(["boot.example", "a.example"]);
        (await finder.AskAsync(null, default)).ShouldBeFalse();
        finder.Find([]).Select(relay => relay.Url.Host).ShouldBe(["boot.example", "a.example"]);
        directory.Answer = DirectoryServer.Text("""["b.example"]""");
        (await finder.AskAsync(null, default)).ShouldBeTrue();
        finder.Find([]).Select(relay => relay.Url.Host).ShouldBe(["boot.example", "b.example"]);
    }

    [Fact]
    public async Task Find_Options_LimitWhatComes()
    {
        await using var directory = await DirectoryServer.StartAsync(DirectoryServer.Text("""["a.example","b.example",{"url":"c.example","score":3},"ws://plain.example","ws://127.0.0.1:1"]"""));
        var options = new RelayFinderOptions { Directories = [directory.Url], TrustScores = new Dictionary<Uri, double> { [new Uri("wss://b.example/")] = 2 } };

        (await HostsAsync(options)).ShouldBe(["b.example", "a.example", "127.0.0.1", "c.example"]);
        (await HostsAsync(options with { MinScore = 6 })).ShouldBe(["b.example"]);
        (await HostsAsync(options with { MaxResults = 2 })).ShouldBe(["b.example", "a.example"]);
        (await HostsAsync(options with { AllowPlain = true })).ShouldContain("plain.example");
    }

    private async Task<IEnumerable<string>> HostsAsync(RelayFinderOptions options)
    {
        var finder = Finder(options);
        await finder.AskAsync(null, default);
        return finder.Find([]).Select(relay => relay.Url.Host);
    }

    private RelayFinder Finder(RelayFinderOptions options, TimeSpan? timeout = null) =>
        new(options, new DirectoryClient(_ => http, timeout ?? Patience.Limit), TimeProvider.System);

    private static Task Answer(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(text);
    }

    private sealed class Progress(Action<DirectoryAnswer> report) : IProgress<DirectoryAnswer>
    {
        private readonly Lock gate = new();

        public void Report(DirectoryAnswer value)
        {
            lock (gate) report(value);
        }
    }
}
