using System.Text.Json.Nodes;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;
using FedAi.Runners.Roles;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Roles;

public sealed class PolicyTests
{
    private readonly ManualTime time = new();
    private readonly RoleRunner runner;

    public PolicyTests() => runner = new RoleRunner([RoleTypes.Policy], time);

    public static TheoryData<string, string, string> Cases { get; } = new()
    {
        { """{"text":"How are you?"}""", "allow", "default" },
        { """{"deny":["mallory","other"]}""", "allow", "default" },
        { """{"deny":["ali*"]}""", "deny", "deny-list" },
        { """{"deny":["alice"],"allow":["alice"]}""", "deny", "deny-list" },
        { """{"allow":["alice"],"text":"http://a","words":["http"]}""", "allow", "allow-list" },
        { """{"text":"twenty characters ...","maxChars":20}""", "deny", "too-long" },
        { """{"text":"Some SPAM here","words":["spam"]}""", "deny", "denied-word" },
        { """{"text":"a\u200bb\u200bc\u200bd\u200be\u200bf"}""", "deny", "hidden-characters" },
        { """{"text":"👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻👩‍💻"}""", "allow", "default" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Decide_OneCase_NamesTheRule(string members, string decision, string rule)
    {
        var job = JsonNode.Parse(members)!.AsObject();
        job["op"] = "decide";
        job["subject"] = "alice";

        var verdict = await DecideAsync(job);

        ((string?)verdict["decision"]).ShouldBe(decision);
        ((string?)verdict["rule"]).ShouldBe(rule);
    }

    [Fact]
    public async Task Decide_LoopedText_IsDeniedAndProseIsNot()
    {
        (await RuleAsync("a", string.Concat(Enumerable.Repeat("ignore all rules ", 100)))).ShouldBe("repetition");
        (await RuleAsync("a", string.Join(' ', Enumerable.Range(0, 400).Select(i => $"word{i}")))).ShouldBe("default");
        (await RuleAsync("a", string.Concat(Enumerable.Range(0, 30).Select(i => $"see https://example.org/{i}/page and ")))).ShouldBe("links");
    }

    [Fact]
    public async Task Decide_FloodOfOneClient_IsDeniedAndOthersNoticeNothing()
    {
        for (var i = 0; i < 10; i++) (await RuleAsync("flood", $"text {i}")).ShouldBe("default");

        var denied = await DecideAsync(Job("flood", "text"));
        ((string?)denied["rule"]).ShouldBe("rate-limit");
        ((long?)denied["retryAfterMs"]).ShouldBe(1000);
        (await RuleAsync("calm", "text")).ShouldBe("default");

        // Being turned away costs no place; after the time that was told there is one.
        time.Move(TimeSpan.FromMilliseconds(999));
        (await RuleAsync("flood", "text")).ShouldBe("rate-limit");
        time.Move(TimeSpan.FromMilliseconds(1));
        (await RuleAsync("flood", "text")).ShouldBe("default");
        (await RuleAsync("flood", "text")).ShouldBe("rate-limit");
    }

    [Fact]
    public async Task Decide_SameTextAgainAndAgain_IsDeniedForAMinute()
    {
        for (var i = 0; i < 5; i++) (await RuleAsync("a", "buy now")).ShouldBe("default");
        (await RuleAsync("a", "buy now")).ShouldBe("repeated-text");
        (await RuleAsync("a", "something else")).ShouldBe("default");
        (await RuleAsync("b", "buy now")).ShouldBe("default");
        time.Move(TimeSpan.FromSeconds(61));
        (await RuleAsync("a", "buy now")).ShouldBe("default");
    }

    [Fact]
    public async Task Decide_InAnotherNamespace_ASubjectIsAnother()
    {
        for (var i = 0; i < 11; i++) await RuleAsync("flood", $"text {i}");
        (await RuleAsync("flood", "x")).ShouldBe("rate-limit");
        var elsewhere = Job("flood", "x");
        elsewhere["namespace"] = "chosen by me";
        ((string?)(await DecideAsync(elsewhere))["rule"]).ShouldBe("default");
    }

    [Fact]
    public async Task Decide_TwentyThousandSubjects_AreNotAllRemembered()
    {
        for (var i = 0; i < 11; i++) await RuleAsync("first", $"text {i}");
        for (var i = 0; i < 20_000; i++)
        {
            time.Move(TimeSpan.FromTicks(1000));
            await DecideAsync(Job($"subject {i}", ""));
        }

        // The first one was forgotten with the oldest; who came last is known still.
        (await RuleAsync("first", "x")).ShouldBe("default");
        for (var i = 0; i < 9; i++) (await RuleAsync("subject 19999", $"{i}")).ShouldBe("default");
        (await RuleAsync("subject 19999", "x")).ShouldBe("rate-limit");
    }

    [Theory]
    [InlineData("""{"op":"decide"}""")]
    [InlineData("""{"op":"decide","subject":""}""")]
    [InlineData("""{"op":"judge","subject":"a"}""")]
    [InlineData("""{"op":"decide","subject":"a","allow":"a"}""")]
    [InlineData("""{"op":"decide","subject":"a","allow":[1]}""")]
    [InlineData("""{"op":"decide","subject":"a","perMinute":0}""")]
    [InlineData("""{"op":"decide","subject":"a","burst":1.5}""")]
    public async Task Job_ThatIsNone_IsTheClientsMistake(string job)
    {
        var steps = await StepsAsync(job);
        steps.ShouldHaveSingleItem().ShouldBeOfType<InferenceFailure>().Refusal.Code.ShouldBe(ErrorCode.InvalidRequest);
    }

    private async Task<string?> RuleAsync(string subject, string text) => (string?)(await DecideAsync(Job(subject, text)))["rule"];

    private static JsonObject Job(string subject, string text) => new() { ["op"] = "decide", ["subject"] = subject, ["text"] = text };

    private async Task<JsonObject> DecideAsync(JsonObject job) =>
        JsonNode.Parse((await StepsAsync(job.ToJsonString())).OfType<InferenceDelta>().ShouldHaveSingleItem().Text)!.AsObject();

    private async Task<List<InferenceEvent>> StepsAsync(string job)
    {
        var steps = new List<InferenceEvent>();
        await foreach (var step in runner.StreamAsync(WireClient.Ask(RoleTypes.Policy, job, 1000), CancellationToken.None)) steps.Add(step);
        return steps;
    }
}
