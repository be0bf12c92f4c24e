using System.Text;
using FedAi.Runners.Llama.Pipe;

namespace FedAi.Tests.Runners.Llama;

/// <summary>Grammars at the real fedai-llama, with a model that by itself would write nothing of the kind.</summary>
public sealed class GrammarTests(LlamaHostProcess host) : IClassFixture<LlamaHostProcess>
{
    private const string Json = """
        root ::= "{" "\"n\":" [0-9] [0-9]? [0-9]? ",\"ok\":" ("true" | "false") "}"
        """;

    private static readonly Generation Ask = LlamaHostProcess.Ask with { Temperature = 1, MaxTokens = 60 };

    [Fact]
    public async Task Grammar_AnySeed_IsKeptAndEndsTheAnswer()
    {
        var answers = new HashSet<string>();
        for (var seed = 0u; seed < 20; seed++)
        {
            var (text, end) = await host.AnswerAsync(Ask with { Seed = seed, Grammar = Json });
            text.ShouldMatch("""^\{"n":[0-9]{1,3},"ok":(true|false)\}$""");
            end.Text.ShouldBe("stop");
            answers.Add(text);
        }
        answers.Count.ShouldBeGreaterThan(1, "within the grammar the model still chooses");
    }

    [Fact]
    public async Task Grammar_CutByMaxTokens_EndsWithLengthWithinIt()
    {
        var (text, end) = await host.AnswerAsync(Ask with { Grammar = Json, MaxTokens = 4 });
        text.ShouldBe("{\"n\"");
        end.Text.ShouldBe("length");
    }

    [Fact]
    public async Task Grammar_Greedy_TakesTheLikeliestThatFits() =>
        (await host.AnswerAsync(Ask with { Temperature = 0, Grammar = "root ::= \"yes\" | \"no\"" })).Text.ShouldBeOneOf("yes", "no");

    [Theory]
    [InlineData("x", "x12")]
    [InlineData("xx", "xx12")]
    public async Task Trigger_Said_MakesTheGrammarHoldFromThere(string trigger, string rest)
    {
        // The bias makes it say x for ever; the grammar permits what is left of it and then digits only.
        var ask = Ask with { Temperature = 0, LogitBias = new Dictionary<int, float> { ['x'] = 100 }, GrammarTriggers = ["never said", trigger] };
        var (text, end) = await host.AnswerAsync(ask with { Grammar = $"root ::= \"{trigger}\" \"12\"" });
        text.ShouldBe(rest);
        end.Text.ShouldBe("stop");
    }

    [Fact]
    public async Task Trigger_NeverSaid_LeavesTheAnswerFree()
    {
        var free = await host.AnswerAsync(Ask with { Seed = 3 });
        var (text, end) = await host.AnswerAsync(Ask with { Seed = 3, Grammar = Json, GrammarTriggers = ["<tool_call>"] });
        text.ShouldBe(free.Text);
        end.Text.ShouldBe("length");
    }

    [Fact]
    public async Task Trigger_ThatTheGrammarDoesNotBeginWith_LeavesTheAnswerFree()
    {
        var ask = Ask with { Temperature = 0, LogitBias = new Dictionary<int, float> { ['x'] = 100 }, GrammarTriggers = ["x"], Grammar = "root ::= \"y\"" };
        (await host.AnswerAsync(ask)).Text.ShouldBe(new string('x', 60));
    }

    [Theory]
    [InlineData("")]
    [InlineData("root ::= other")]
    [InlineData("other ::= \"a\"")]
    [InlineData("root ::= root \"a\"")]
    [InlineData("root ::= (\"a\"{1000000}){1000000}")]
    [InlineData("root ::= \"a")]
    [InlineData("root ::= [")]
    [InlineData("\u0001\u0002")]
    public async Task Grammar_ThatIsNone_IsRefusedAndNothingElse(string grammar)
    {
        var error = await host.ErrorAsync(Ask with { Grammar = grammar });
        error.Text.ShouldBe("invalid-request");
        error.Hint.ShouldNotBeNull().ShouldContain("schema");
        (await host.AnswerAsync(Ask with { Grammar = Json })).Text.ShouldStartWith("{");
    }

    [Fact]
    public async Task Grammar_OfManyRulesOrDeepNesting_DoesNotEndTheProcess()
    {
        foreach (var rules in (int[])[1900, 2000, 20_000]) await host.EndAsync(Ask with { Grammar = Chain(rules) });
        foreach (var levels in (int[])[200, 201, 50_000]) await host.EndAsync(Ask with { Grammar = "root ::= " + new string('(', levels) + "\"a\"" + new string(')', levels) });
        (await host.AnswerAsync(Ask with { Grammar = Json })).Text.ShouldStartWith("{");
    }

    [Fact]
    public async Task Grammar_OfManyWaysToGoOn_IsRefusedBeforeItHoldsUpOthers()
    {
        (await host.ErrorAsync(Ask with { Grammar = "root ::= \"a\" " + string.Concat(Enumerable.Repeat("(\"a\" | \"b\")? ", 600)) })).Hint.ShouldNotBeNull().ShouldContain("simplify");
        (await host.AnswerAsync(Ask with { Grammar = Json })).Text.ShouldStartWith("{");
    }

    private static string Chain(int rules)
    {
        var chain = new StringBuilder("root ::= r0\n");
        for (var i = 0; i < rules; i++) chain.Append('r').Append(i).Append(" ::= r").Append(i + 1).Append('\n');
        return chain.Append('r').Append(rules).Append(" ::= \"a\"\n").ToString();
    }
}
