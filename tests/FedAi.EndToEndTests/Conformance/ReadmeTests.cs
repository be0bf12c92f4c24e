using System.Diagnostics;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;
using FedAi.Runners;
using FedAi.TestKit;

namespace FedAi.EndToEndTests.Conformance;

/// <summary>The README's examples run as they are written, but for the port.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public async Task AgentOfTheReadme_AsWritten_CallsItsToolAndAnswers()
    {
        var runner = new ScriptedRunner
        {
            Calls = request => ResultIn(request) is null ? [new ToolCallDelta { Index = 0, Id = "call_1", Name = "clock", Arguments = """{"timeZone":"Europe/Zurich"}""" }] : [],
            Answer = request => ResultIn(request) is { } time ? ["It is ", time] : [],
            Models = [new RunnerModel("scripted", 4096, null) { Features = [ModelFeatures.Tools] }],
        };
        await using var chain = await EdgeChain.StartAsync(runner);

        var said = await RunAsync("js", "node", ["--input-type=module", "-"], chain[EdgeChain.Gateway]);

        said.ShouldMatch(@"^It is \d\d:\d\d:\d\d\n$");
        runner.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task ScriptOfTheReadme_AsWritten_StreamsAnAnswer()
    {
        await using var chain = await EdgeChain.StartAsync(new ScriptedRunner());

        var said = await RunAsync("sh", "bash", ["-s"], chain[EdgeChain.Gateway]);

        said.ShouldContain("\"content\":\"scripted \"");
        said.ShouldEndWith("data: [DONE]\n\n");
    }

    /// <summary>The editor of the README, Continue, says max_tokens itself in every request, and that is more than a node answers with.</summary>
    [Fact]
    public async Task EditorOfTheReadme_AsksForMoreThanANodeWrites_GetsWhatItWrites()
    {
        var runner = new ScriptedRunner { Models = [new RunnerModel("an-embedder", 512, null) { Features = [ModelFeatures.Embeddings], Generates = false }, new RunnerModel("scripted", 2048, null)], FinishReason = "length" };
        await using var chain = await EdgeChain.StartAsync(runner);
        using var http = new HttpClient { BaseAddress = chain[EdgeChain.Gateway] };

        using var body = new StringContent("""{"messages":[{"role":"system","content":"You are in an editor."},{"role":"user","content":"What does this do?"}],"model":"auto","max_tokens":4096,"stream":true}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("v1/chat/completions", body);

        var said = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(200, said);
        said.ShouldContain("\"content\":\"scripted \"");
        said.ShouldContain("\"finish_reason\":\"length\"");
        said.ShouldEndWith("data: [DONE]\n\n");
        runner.Requests.ShouldHaveSingleItem().ShouldSatisfyAllConditions(asked => asked.ModelId.ShouldBe("scripted"), asked => asked.MaxTokens.ShouldBe(1024));
    }

    private static string? ResultIn(InferenceRequest request) => request.Messages!.LastOrDefault(message => message.Role == "tool")?.Content;

    /// <summary>Runs the README's only block in this language, where the npm packages are.</summary>
    private static async Task<string> RunAsync(string language, string command, string[] arguments, Uri gateway)
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"));
        var block = readme.Split($"```{language}\n")[1].Split("```")[0];
        block.ShouldContain("http://127.0.0.1:8484/v1");
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { WorkingDirectory = Path.Combine(Repository.Root, "tests", "js"), RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await process.StandardInput.WriteAsync(block.Replace("http://127.0.0.1:8484/", gateway.ToString(), StringComparison.Ordinal));
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0);
        return output;
    }
}
