using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using FedAi.Daemon.Accounts;
using FedAi.Daemon.OpenAi;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.OpenAi;

/// <summary>Answers to come back for: Prefer: respond-async (REQUIREMENTS CTX-17).</summary>
public sealed class JobTests
{
    private const string Ask = """{"model":"scripted","messages":[{"role":"user","content":"hi"}]}""";

    private static readonly HttpClient Http = new();

    [Fact]
    public async Task Job_Finished_IsFetchedOnceAsTheAnswerItWouldHaveBeen()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner());

        using var accepted = await PostAsync(server, Ask);
        var started = JsonNode.Parse(await accepted.Content.ReadAsStringAsync())!;
        var location = new Uri(server.Address, accepted.Headers.Location!);
        var job = await FinishedAsync(location);
        var (gone, _) = await GetAsync(location);

        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        accepted.Headers.GetValues("Preference-Applied").ShouldBe(["respond-async"]);
        accepted.Headers.Location!.ToString().ShouldBe($"/v1/fedai/jobs/{(string)started["id"]!}");
        ((string)started["object"]!, (string)started["endpoint"]!).ShouldBe(("fedai.job", "/v1/chat/completions"));
        ((string)job["result"]!["id"]!).ShouldBe("chatcmpl-" + (string)started["id"]!);
        ((string)job["result"]!["choices"]![0]!["message"]!["content"]!).ShouldBe("A scripted answer.");
        gone.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Job_FetchedByManyAtOnce_IsGivenToOne()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner());
        for (var round = 0; round < 10; round++)
        {
            using var accepted = await PostAsync(server, Ask);
            var location = new Uri(server.Address, accepted.Headers.Location!);

            var given = 0;
            while (given == 0)
            {
                var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => GetAsync(location)));
                given = answers.Count(answer => answer.Status == HttpStatusCode.OK && answer.Body["result"] is not null);
            }

            given.ShouldBe(1);
        }
    }

    [Fact]
    public async Task Job_ConnectionBreaksWhileItIsFetched_CanBeFetchedAgain()
    {
        // More than all buffers on the way hold, so that it cannot have left before the connection breaks.
        var answer = new string('a', 16 << 20);
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner { Answer = _ => [answer] });
        using var accepted = await PostAsync(server, Ask);
        var location = new Uri(server.Address, accepted.Headers.Location!);

        while (await BreakOffAsync(location) is "in_progress")
        {
            // It is not finished yet.
        }

        var (status, job) = await GetAsync(location);
        for (var look = 0; status != HttpStatusCode.OK && look < 500; look++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10));
            (status, job) = await GetAsync(location);
        }

        status.ShouldBe(HttpStatusCode.OK);
        ((string)job["result"]!["choices"]![0]!["message"]!["content"]!).Length.ShouldBe(answer.Length);
    }

    [Fact]
    public async Task Job_Running_SaysSoAndOnlyItsCallerSeesIt()
    {
        var runner = new ScriptedRunner { StallAt = 1 };
        await using var server = await OpenAiServer.StartAsync(runner);
        using var accepted = await PostAsync(server, Ask, "Bearer sk-one");
        var location = new Uri(server.Address, accepted.Headers.Location!);
        await runner.Stalled.WaitAsync(Patience.Limit);

        var (status, job) = await GetAsync(location, "Bearer sk-one");
        var (others, _) = await GetAsync(location, "Bearer sk-two");
        var (deletedByOthers, _) = await SendAsync(HttpMethod.Delete, location, "Bearer sk-two");

        (status, (string)job["status"]!, job["result"]).ShouldBe((HttpStatusCode.OK, "in_progress", null));
        (others, deletedByOthers).ShouldBe((HttpStatusCode.NotFound, HttpStatusCode.NotFound));
        runner.Cancelled.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task Job_Deleted_StopsTheModel()
    {
        var runner = new ScriptedRunner { StallAt = 1 };
        await using var server = await OpenAiServer.StartAsync(runner);
        using var accepted = await PostAsync(server, Ask);
        var location = new Uri(server.Address, accepted.Headers.Location!);
        await runner.Stalled.WaitAsync(Patience.Limit);

        var (status, deleted) = await SendAsync(HttpMethod.Delete, location);

        (status, (bool)deleted["deleted"]!).ShouldBe((HttpStatusCode.OK, true));
        await runner.Cancelled.WaitAsync(Patience.Limit);
        (await GetAsync(location)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Job_Failed_HasTheErrorItWouldHaveBeen()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner { FailAt = 2 });
        using var accepted = await PostAsync(server, Ask);
        var location = new Uri(server.Address, accepted.Headers.Location!);

        var job = await FinishedAsync(location);

        ((string)job["status"]!, (int)job["status_code"]!, (string)job["error"]!["code"]!).ShouldBe(("failed", 502, "runner_crashed"));
    }

    [Fact]
    public async Task Job_TooMany_Is429UntilOneIsDeleted()
    {
        var runner = new ScriptedRunner { StallAt = 0 };
        await using var server = await OpenAiServer.StartAsync(runner);
        Uri? last = null;
        for (var i = 0; i < JobStore.MaxJobsPerCaller; i++)
        {
            using var accepted = await PostAsync(server, Ask);
            accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted);
            last = new Uri(server.Address, accepted.Headers.Location!);
        }

        using var refused = await PostAsync(server, Ask);
        using var other = await PostAsync(server, Ask, "Bearer sk-other");
        await SendAsync(HttpMethod.Delete, last!);
        using var again = await PostAsync(server, Ask);

        await OpenAiEndpointsTests.ShouldBeErrorAsync(refused, HttpStatusCode.TooManyRequests, "rate_limit_exceeded", null);
        refused.Headers.RetryAfter.ShouldNotBeNull();
        (other.StatusCode, again.StatusCode).ShouldBe((HttpStatusCode.Accepted, HttpStatusCode.Accepted));
    }

    [Fact]
    public async Task Store_ResultsThatNobodyFetches_AreForgotten()
    {
        var time = new ManualTime();
        var store = Store(time, new ApiOptions { PollTtlSeconds = 90 });
        var (job, _) = store.Start(Call("1"), "caller", _ => Task.FromResult(new OpenAiResult("{}"u8.ToArray())));
        await Patience.ForAsync(() => job!.Result);

        time.Move(TimeSpan.FromSeconds(89));
        store.Find("1", "caller").ShouldBe(job);
        time.Move(TimeSpan.FromSeconds(1));
        store.Find("1", "caller").ShouldBeNull();
        store.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Store_ResultsOverTheBound_TheOldestGo()
    {
        var store = Store(new ManualTime());
        var large = new OpenAiResult(new byte[JobStore.MaxBytes / 2]);
        foreach (var id in new[] { "1", "2", "3" })
        {
            var (job, _) = store.Start(Call(id), "caller", _ => Task.FromResult(large));
            await Patience.ForAsync(() => job!.Result);
        }

        await Patience.UntilAsync(() => store.Count == 2);
        (store.Find("1", "caller"), store.Find("3", "caller")?.Id).ShouldBe((null, "3"));
    }

    [Fact]
    public async Task Store_JobThatThrows_IsADefectAndNothingElse()
    {
        var store = Store(new ManualTime());

        var (job, _) = store.Start(Call("1"), "caller", _ => throw new InvalidTimeZoneException("secret prompt"));

        (await Patience.ForAsync(() => job!.Result)).Error!.Code.ShouldBe("internal_error");
    }

    [Fact]
    public async Task Store_JobThatNeverEnds_IsEnded()
    {
        var time = new ManualTime();
        var store = Store(time);
        var started = new TaskCompletionSource();
        var (job, _) = store.Start(Call("1"), "caller", async token =>
        {
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            throw new InvalidOperationException();
        });
        await started.Task;

        time.Move(JobStore.MaxRuntime);

        (await Patience.ForAsync(() => job!.Result)).Error!.Code.ShouldBe("node_timeout");
    }

    private static JobStore Store(TimeProvider time, ApiOptions? options = null) =>
        new(options ?? new ApiOptions(), time, new Microsoft.Extensions.Hosting.Internal.ApplicationLifetime(Microsoft.Extensions.Logging.Abstractions.NullLogger<Microsoft.Extensions.Hosting.Internal.ApplicationLifetime>.Instance), Microsoft.Extensions.Logging.Abstractions.NullLogger<JobStore>.Instance);

    private static OpenAiCall Call(string id) => new(OpenAiOperation.Chat, WireClient.Ask() with { RequestId = id });

    private static Task<HttpResponseMessage> PostAsync(OpenAiServer server, string body, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, server.BaseUrl + "/chat/completions") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Prefer", "wait=5, respond-async");
        if (key is not null) request.Headers.Add("Authorization", key);
        return Http.SendAsync(request);
    }

    private static async Task<JsonNode> FinishedAsync(Uri location)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        while (true)
        {
            var (_, job) = await GetAsync(location);
            if ((string?)job["status"] != "in_progress") return job;
            await Task.Delay(TimeSpan.FromMilliseconds(5), patience.Token);
        }
    }

    /// <summary>Asks for a job, and leaves when its answer begins; the status that it says.</summary>
    private static async Task<string> BreakOffAsync(Uri location)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
        await socket.ConnectAsync(location.Host, location.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {location.AbsolutePath} HTTP/1.1\r\nHost: {location.Authority}\r\n\r\n"));
        var begin = new byte[2048];
        var (length, text) = (0, "");
        while (!text.Contains("\"status\":\"", StringComparison.Ordinal) && await socket.ReceiveAsync(begin.AsMemory(length)) is > 0 and var more)
            text = Encoding.UTF8.GetString(begin.AsSpan(0, length += more));
        return text.Split("\"status\":\"")[1].Split('"')[0];
    }

    private static Task<(HttpStatusCode Status, JsonNode Body)> GetAsync(Uri address, string? key = null) => SendAsync(HttpMethod.Get, address, key);

    private static async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(HttpMethod method, Uri address, string? key = null)
    {
        using var request = new HttpRequestMessage(method, address);
        if (key is not null) request.Headers.Add("Authorization", key);
        using var response = await Http.SendAsync(request);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }
}
