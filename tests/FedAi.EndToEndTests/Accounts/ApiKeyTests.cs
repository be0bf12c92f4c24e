using System.Text.Json;
using FedAi.Daemon.Accounts;
using FedAi.Daemon.Hosting;
using FedAi.Daemon.Store;
using FedAi.Protocol.Crypto;
using FedAi.Protocol.Rules;
using FedAi.Runners;
using FedAi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace FedAi.EndToEndTests.Accounts;

/// <summary>API keys on a router's /v1, for callers from other machines (DECISIONS E18).</summary>
public sealed class ApiKeyTests
{
    private const string Elsewhere = "203.0.113.5";

    [Fact]
    public async Task Chat_FromElsewhere_NeedsAKeyThatIsKnown()
    {
        var runner = new ScriptedRunner();
        await using var router = await KeyedRouter.StartAsync(runner);
        using var without = router.CallerFrom(Elsewhere, null);
        using var invented = router.CallerFrom(Elsewhere, ApiSecret.Create());
        using var signed = router.CallerFrom(Elsewhere, "sk-proj-of-another-service");

        using var none = await KeyedRouter.ChatAsync(without);
        none.Headers.WwwAuthenticate.ShouldHaveSingleItem().Scheme.ShouldBe("Bearer");
        var (status, code, message) = await KeyedRouter.ErrorAsync(none);
        (status, code).ShouldBe((401, "invalid_api_key"));
        message!.ShouldContain("ask the router's operator");

        foreach (var caller in new[] { invented, signed })
        {
            using var unknown = await KeyedRouter.ChatAsync(caller);
            (await KeyedRouter.ErrorAsync(unknown)).Status.ShouldBe(401);
            using var models = await caller.GetAsync(new Uri("v1/models", UriKind.Relative));
            ((int)models.StatusCode).ShouldBe(401);
        }

        runner.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Chat_OnThisMachine_TakesAnyKeyOrNone()
    {
        await using var router = await KeyedRouter.StartAsync(new ScriptedRunner());
        using var http = new HttpClient { BaseAddress = router.Router.Base };
        http.DefaultRequestHeaders.Add("Authorization", "Bearer whatever");

        using var answer = await KeyedRouter.ChatAsync(http);

        ((int)answer.StatusCode).ShouldBe(200);
        answer.Headers.Contains("x-ratelimit-limit-requests").ShouldBeFalse();
    }

    [Fact]
    public async Task Chat_WithAKey_IsAnsweredCountedAndBookedToItsOwner()
    {
        await using var router = await KeyedRouter.StartAsync(new ScriptedRunner());
        var (account, secret) = await router.IssueAsync(key => key with { Tokens = 1000, Burst = 20 });
        using var caller = router.CallerFrom(Elsewhere, secret);

        using var answer = await KeyedRouter.ChatAsync(caller);
        using var streamed = await KeyedRouter.ChatAsync(caller, stream: true);
        (await streamed.Content.ReadAsStringAsync()).ShouldEndWith("data: [DONE]\n\n");

        ((int)answer.StatusCode, (int)streamed.StatusCode).ShouldBe((200, 200));
        Header(answer, "x-ratelimit-limit-requests").ShouldBe("20");
        Header(answer, "x-ratelimit-remaining-requests").ShouldBe("19");
        Header(answer, "x-ratelimit-reset-requests").ShouldMatch("^[0-9.]+m?s$");
        Header(answer, "x-ratelimit-limit-tokens").ShouldBe("1000");
        Header(answer, "x-ratelimit-remaining-tokens").ShouldBe("1000");
        // 7 + 4 tokens each, counted when the end was read.
        Header(streamed, "x-ratelimit-remaining-tokens").ShouldBe("989");
        (account.Current.Usage.Tokens, account.Current.Usage.Reserved, account.Current.Usage.Requests, account.Current.Running).ShouldBe((22, 0, 2, 0));
        var metering = router.Router.Services.GetRequiredService<MeteringTable>();
        var id = Header(answer, "x-request-id");
        (await Patience.ForAsync(() => metering.Get(id).SingleOrDefault())).Client.ShouldBe(router.Owner.PublicKey.Npub);
    }

    [Fact]
    public async Task Models_WithAnAllowList_AreThoseOfTheListOnly()
    {
        var runner = new ScriptedRunner { Models = [new RunnerModel("one", 512, null), new RunnerModel("two", 512, null)] };
        await using var router = await KeyedRouter.StartAsync(runner);
        var (_, secret) = await router.IssueAsync(key => key with { Models = ["two", "three"] });
        using var caller = router.CallerFrom(Elsewhere, secret);

        using var list = JsonDocument.Parse(await caller.GetStringAsync(new Uri("v1/models", UriKind.Relative)));
        list.RootElement.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()).ShouldBe(["two"]);

        using var allowed = await KeyedRouter.ChatAsync(caller, "two");
        ((int)allowed.StatusCode).ShouldBe(200);
        using var chosen = await KeyedRouter.ChatAsync(caller, "auto");
        ((int)chosen.StatusCode).ShouldBe(200);
        using var refused = await KeyedRouter.ChatAsync(caller, "one");
        (await KeyedRouter.ErrorAsync(refused)).Status.ShouldBe(404);
        runner.Requests.ShouldAllBe(request => request.ModelId == "two");
    }

    [Fact]
    public async Task Chat_TooOften_Is429AndSaysWhenToComeBack()
    {
        await using var router = await KeyedRouter.StartAsync(new ScriptedRunner());
        // A thousandth of a request per second: no second one comes through while the test runs.
        var (_, secret) = await router.IssueAsync(key => key with { Burst = 1, PerSecond = 0.001 });
        using var caller = router.CallerFrom(Elsewhere, secret);
        using var first = await KeyedRouter.ChatAsync(caller);

        using var second = await KeyedRouter.ChatAsync(caller);

        ((int)first.StatusCode).ShouldBe(200);
        (await KeyedRouter.ErrorAsync(second)).ShouldSatisfyAllConditions(error => error.Status.ShouldBe(429), error => error.Code.ShouldBe("rate_limit_exceeded"), error => error.Message!.ShouldContain("0.001 requests per second"));
        second.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThan(TimeSpan.FromMinutes(10));
        Header(second, "x-ratelimit-remaining-requests").ShouldBe("0");
    }

    [Fact]
    public async Task Chat_MoreAtOnceThanItsPlaces_Is429UntilOneEnds()
    {
        var runner = new ScriptedRunner { StallAt = 1, StallFor = request => request.MaxTokens == 9 };
        await using var router = await KeyedRouter.StartAsync(runner);
        var (account, secret) = await router.IssueAsync(key => key with { Concurrency = 1 });
        using var caller = router.CallerFrom(Elsewhere, secret);

        using (var running = await KeyedRouter.ChatAsync(caller, maxTokens: 9, stream: true))
        {
            await runner.Stalled;
            using var refused = await KeyedRouter.ChatAsync(caller);
            (await KeyedRouter.ErrorAsync(refused)).Message!.ShouldContain("1 requests running");
            ((int)refused.StatusCode, refused.Headers.RetryAfter!.Delta).ShouldBe((429, TimeSpan.FromSeconds(1)));
        }

        await Patience.UntilAsync(() => account.Current.Running == 0);
        using var again = await KeyedRouter.ChatAsync(caller);
        ((int)again.StatusCode).ShouldBe(200);
        // The caller that left is counted with what it was given of its answer.
        account.Current.Usage.Tokens.ShouldBeGreaterThan(11);
    }

    [Fact]
    public async Task Chat_QuotaUsedUp_Is402AlsoAfterARestart()
    {
        using var folder = new TempFolder();
        string secret;
        await using (var router = await TestDaemon.StartAsync(Role.Router, dataFolder: folder.Path))
        {
            var keys = router.Services.GetRequiredService<ApiKeys>();
            var (account, made, _) = await keys.IssueAsync(new ApiKeyRow { Id = "", Npub = router.Key.PublicKey.Npub, Name = "", CreatedMs = 0, Tokens = 20 });
            secret = made!;
            await account!.ReserveAsync(12);
            await account.SettleAsync(12, 11);
        }

        await using var restarted = await TestDaemon.StartAsync(Role.Router, dataFolder: folder.Path);
        using var caller = new HttpClient { BaseAddress = restarted.Base };
        caller.DefaultRequestHeaders.Add("X-Forwarded-For", Elsewhere);
        caller.DefaultRequestHeaders.Add("Authorization", $"Bearer {secret}");

        using var answer = await KeyedRouter.ChatAsync(caller);

        var (status, code, message) = await KeyedRouter.ErrorAsync(answer);
        (status, code).ShouldBe((402, "insufficient_quota"));
        message!.ShouldContain("but for 9");
        message!.ShouldContain("max_tokens");
        Header(answer, "x-ratelimit-remaining-tokens").ShouldBe("9");
    }

    [Fact]
    public async Task Job_WithAKey_IsCountedThoughNobodyFetchesItAndIsItsOwnersAlone()
    {
        await using var router = await KeyedRouter.StartAsync(new ScriptedRunner());
        var (account, secret) = await router.IssueAsync(key => key with { Tokens = 100 });
        var (_, another) = await router.IssueAsync();
        using var caller = router.CallerFrom(Elsewhere, secret);
        using var other = router.CallerFrom(Elsewhere, another);
        caller.DefaultRequestHeaders.Add("Prefer", "respond-async");

        using var accepted = await KeyedRouter.ChatAsync(caller);

        ((int)accepted.StatusCode).ShouldBe(202);
        await Patience.UntilAsync(() => account.Current.Usage.Tokens == 11);
        using var stolen = await other.GetAsync(accepted.Headers.Location);
        ((int)stolen.StatusCode).ShouldBe(404);
        (await caller.GetStringAsync(accepted.Headers.Location)).ShouldContain("A scripted answer.");
    }

    [Fact]
    public async Task Proof_OfARequestWithAKey_HoldsAndIsItsOwnersAlone()
    {
        await using var router = await KeyedRouter.StartAsync(new ScriptedRunner());
        var (_, secret) = await router.IssueAsync();
        var (_, another) = await router.IssueAsync(key => key with { Npub = KeyPair.Generate().PublicKey.Npub });
        using var caller = router.CallerFrom(Elsewhere, secret);
        using var other = router.CallerFrom(Elsewhere, another);
        using var answer = await KeyedRouter.ChatAsync(caller);
        var proof = new Uri($"v1/fedai/requests/{Header(answer, "x-request-id")}", UriKind.Relative);

        ProofRules.Check(await caller.GetByteArrayAsync(proof)).Problems.ShouldBeEmpty();
        using var stolen = await other.GetAsync(proof);
        ((int)stolen.StatusCode).ShouldBe(404);
    }

    [Fact]
    public async Task Chat_OnAGatewayFromElsewhere_NeedsAKeyToo()
    {
        await using var gateway = await TestDaemon.StartAsync(Role.Gateway);
        using var caller = new HttpClient { BaseAddress = gateway.Base };
        caller.DefaultRequestHeaders.Add("X-Forwarded-For", Elsewhere);
        var models = new Uri("v1/models", UriKind.Relative);
        using var without = await caller.GetAsync(models);
        ((int)without.StatusCode).ShouldBe(401);

        var (_, secret, _) = await gateway.Services.GetRequiredService<ApiKeys>().IssueAsync(new ApiKeyRow { Id = "", Npub = gateway.Key.PublicKey.Npub, Name = "", CreatedMs = 0 });
        caller.DefaultRequestHeaders.Add("Authorization", $"Bearer {secret}");

        using var with = await caller.GetAsync(models);
        ((int)with.StatusCode).ShouldBe(200);
    }

    [Fact]
    public async Task Chat_KeyRevokedWhileItRuns_EndsTheStreamAndOpensNothingMore()
    {
        var gate = new SemaphoreSlim(0);
        await using var router = await KeyedRouter.StartAsync(new GatedRunner(gate));
        var (account, secret) = await router.IssueAsync();
        using var caller = router.CallerFrom(Elsewhere, secret);
        gate.Release();
        using var running = await KeyedRouter.ChatAsync(caller, "gated", stream: true);
        await router.Keys.RevokeAsync(account.Key.Id);
        gate.Release(100);

        var stream = await running.Content.ReadAsStringAsync();

        stream.ShouldContain("was revoked");
        stream.ShouldNotContain("[DONE]");
        using var next = await KeyedRouter.ChatAsync(caller, "gated");
        (await KeyedRouter.ErrorAsync(next)).ShouldSatisfyAllConditions(error => error.Status.ShouldBe(401), error => error.Message!.ShouldContain("was revoked"));
    }

    [Fact]
    public async Task Chat_OwnerIsBlocked_ItsKeysAreTooAndOthersAreNot()
    {
        using var blocked = KeyPair.Generate();
        await using var federation = await TestFederation.StartAsync(new FedAiOptions { Filter = new() { Block = [blocked.PublicKey.Npub] } }, new ScriptedRunner());
        var keys = federation.Router.Services.GetRequiredService<ApiKeys>();
        var (_, secret, _) = await keys.IssueAsync(new ApiKeyRow { Id = "", Npub = blocked.PublicKey.Npub, Name = "", CreatedMs = 0 });
        using var caller = new HttpClient { BaseAddress = federation.Router.Base };
        caller.DefaultRequestHeaders.Add("X-Forwarded-For", Elsewhere);
        caller.DefaultRequestHeaders.Add("Authorization", $"Bearer {secret}");

        using var answer = await KeyedRouter.ChatAsync(caller);

        (await KeyedRouter.ErrorAsync(answer)).ShouldSatisfyAllConditions(error => error.Status.ShouldBe(403), error => error.Code.ShouldBe("client_blocked"));
    }

    [Fact]
    public async Task Chat_OneAddressGuessesKeys_IsSlowedDownAndAnotherIsNot()
    {
        await using var router = await KeyedRouter.StartAsync(new ScriptedRunner());
        using var guesser = router.CallerFrom(Elsewhere, "sk-fedai-guess");
        using var other = router.CallerFrom("203.0.113.6", "sk-fedai-guess");

        var statuses = new List<int>();
        await Patience.UntilAsync(() =>
        {
            using var answer = guesser.Send(new HttpRequestMessage(HttpMethod.Get, "v1/models"));
            statuses.Add((int)answer.StatusCode);
            return statuses[^1] == 429;
        });

        statuses[0].ShouldBe(401);
        using var untouched = await other.GetAsync(new Uri("v1/models", UriKind.Relative));
        ((int)untouched.StatusCode).ShouldBe(401);
    }

    private static string Header(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).Single();
}
