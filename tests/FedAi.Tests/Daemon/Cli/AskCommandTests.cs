using System.Text.Json.Nodes;
using FedAi.Protocol.Messages;
using FedAi.TestKit;

namespace FedAi.Tests.Daemon.Cli;

public sealed class AskCommandTests
{
    [Fact]
    public async Task Ask_Question_PrintsTheAnswerAsItIs()
    {
        var runner = new ScriptedRunner { Answer = _ => ["Grüß", " dich", ",\n", "Welt 🌍"] };
        await using var server = await OpenAiServer.StartAsync(runner);

        var result = await Fedai.RunAsync("ask", "how are you?", "--url", server.Address.ToString(), "--max-tokens", "9", "--seed", "5", "--temperature", "0");

        (result.ExitCode, result.Output, result.Errors).ShouldBe((0, "Grüß dich,\nWelt 🌍\n", ""));
        var asked = runner.Requests.ShouldHaveSingleItem();
        (asked.ModelId, asked.MaxTokens, asked.Seed, asked.Temperature).ShouldBe(("scripted", 9, 5, 0));
        asked.Messages!.ShouldHaveSingleItem().Content.ShouldBe("how are you?");
    }

    [Fact]
    public async Task Ask_WithAPrivacyLevel_AsksForItOrIsToldWhyNot()
    {
        var runner = new ScriptedRunner();
        await using var server = await OpenAiServer.StartAsync(runner);

        var kept = await Fedai.RunAsync("ask", "hello", "--privacy", "PL0", "--url", server.Address.ToString());
        var refused = await Fedai.RunAsync("ask", "hello", "--privacy", "PL3", "--url", server.Address.ToString());

        (kept.ExitCode, refused.ExitCode).ShouldBe((0, 1));
        refused.Errors.ShouldContain("PL3 cannot be had here");
        runner.Requests.ShouldHaveSingleItem().PrivacyLevel.ShouldBe(PrivacyLevel.PL0);
    }

    [Fact]
    public async Task Ask_FromStandardInputAsJson_GivesTextUsageAndProofId()
    {
        var runner = new ScriptedRunner();
        await using var server = await OpenAiServer.StartAsync(runner);

        var result = await Fedai.RunAsync("a long question", ["ask", "-", "--json", "--url", server.Address.ToString()]);

        var answer = JsonNode.Parse(result.Output)!;
        answer["answer"]!.GetValue<string>().ShouldBe("A scripted answer.");
        answer["usage"]!["prompt_tokens"]!.GetValue<int>().ShouldBe(7);
        answer["requestId"]!.GetValue<string>().ShouldBe(runner.Requests.ShouldHaveSingleItem().RequestId);
        runner.Requests.First().Messages!.ShouldHaveSingleItem().Content.ShouldBe("a long question");
    }

    [Fact]
    public async Task Ask_ModelNobodyServes_EndsWith1InTheEndpointsWords()
    {
        var refusal = new Refusal(ErrorCode.ModelNotFound, "Nobody here serves this model.");
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner { FailAt = -1, Failure = refusal });

        var result = await Fedai.RunAsync("ask", "hello", "--model", "none-such", "--url", server.Address.ToString());

        (result.ExitCode, result.Output).ShouldBe((1, ""));
        result.Errors.TrimEnd().ShouldBe("fedai: Nobody here serves this model.");
    }

    [Fact]
    public async Task Ask_AnswerThatBreaksOff_EndsWith75()
    {
        await using var server = await OpenAiServer.StartAsync(new ScriptedRunner { FailAt = 2 });

        var result = await Fedai.RunAsync("ask", "hello", "--url", server.Address.ToString());

        result.ExitCode.ShouldBe(75);
        result.Output.ShouldStartWith("A scripted ");
        result.Errors.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Ask_NobodyThere_EndsWith75AndNamesTheNextStep()
    {
        var result = await Fedai.RunAsync("ask", "hello", "--url", "http://127.0.0.1:1");

        result.ExitCode.ShouldBe(75);
        result.Errors.ShouldContain("fedai gateway");
    }

    [Fact]
    public void Clean_EscapeSequences_DoNotReachTheTerminal() =>
        FedAi.Daemon.Cli.TerminalText.Clean("a\u001b]0;title\u0007b\u009b31mc\n\td").ShouldBe("a]0;titleb31mc\n\td");
}
