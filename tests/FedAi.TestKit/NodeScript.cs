using System.Diagnostics;
using System.Text.Json.Nodes;

namespace FedAi.TestKit;

/// <summary>A script of tests/js in a node process of its own, spoken to in lines of JSON. It ends when this object is disposed.</summary>
internal sealed class NodeScript : IAsyncDisposable
{
    private readonly Process process;
    private readonly SemaphoreSlim turn = new(1, 1);

    private NodeScript(Process process) => this.process = process;

    /// <summary>Starts a script; throws with the next step when its packages are not there.</summary>
    public static NodeScript Start(string script, params string[] arguments)
    {
        var folder = Path.Combine(Repository.Root, "tests", "js");
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
            throw new InvalidOperationException("The npm packages of tests/js are missing. Run ./fedai.sh test, or npm ci in tests/js.");
        var start = new ProcessStartInfo("node", [script, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new NodeScript(Process.Start(start)!);
    }

    /// <summary>The next line it prints.</summary>
    public async Task<JsonNode> ReadAsync(CancellationToken cancellationToken = default) =>
        JsonNode.Parse(await process.StandardOutput.ReadLineAsync(cancellationToken)
            ?? throw new InvalidOperationException("The script ended; its complaint stands above."))!;

    /// <summary>Asks one question and returns <c>result</c>; throws what the script threw.</summary>
    public async Task<JsonNode> AskAsync(JsonObject question, CancellationToken cancellationToken = default)
    {
        var answer = await AnswerAsync(question, cancellationToken);
        return answer["result"] ?? throw new InvalidOperationException((string?)answer["error"]);
    }

    /// <summary>Asks one question and returns the whole line that answers it.</summary>
    public async Task<JsonNode> AnswerAsync(JsonObject question, CancellationToken cancellationToken = default)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            await process.StandardInput.WriteLineAsync(question.ToJsonString().AsMemory(), cancellationToken);
            await process.StandardInput.FlushAsync(cancellationToken);
            return await ReadAsync(cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        turn.Dispose();
    }
}
