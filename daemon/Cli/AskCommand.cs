using System.CommandLine;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai ask "…"</c>: one question to a gateway (or any OpenAI-compatible endpoint), the answer as it is made.</summary>
internal static class AskCommand
{
    private static readonly Argument<string> Question = new("QUESTION") { Description = "what to ask; - reads it from standard input" };
    private static readonly Option<string?> Url = new("--url") { Description = "where to ask (default: this machine's gateway)", HelpName = "URL" };
    private static readonly Option<string?> Model = new("--model", "-m") { Description = "the model (default: the first one offered)" };
    private static readonly Option<int?> MaxTokens = new("--max-tokens") { Description = "the longest answer, in tokens" };
    private static readonly Option<double?> Temperature = new("--temperature") { Description = "0 for the same answer every time" };
    private static readonly Option<int?> Seed = new("--seed") { Description = "start of the random numbers" };
    private static readonly Option<PrivacyLevel?> Privacy = new("--privacy") { Description = "who may read it: PL0 anybody on the way, PL1 router and node, PL2 only a node you trust, PL3 only your own (default: what api.privacy says there)", HelpName = "LEVEL" };
    private static readonly Option<string?> Key = new("--key") { Description = "API key of the endpoint (default: the environment variable FEDAI_API_KEY)" };
    private static readonly Option<FileInfo?> Proof = new("--proof") { Description = "keep the signed proof in this file, for fedai metering verify", HelpName = "FILE" };

    public static Command Create()
    {
        var command = new Command("ask", "ask a question and print the answer as it is made")
        {
            Question, Url, Model, MaxTokens, Temperature, Seed, Privacy, Key, Proof, CliOptions.Json, CliOptions.Data, CliOptions.Config, CliOptions.Set,
        };
        command.SetAction(AskAsync);
        return command;
    }

    private static async Task<int> AskAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (await BaseAsync(arguments) is not { } address) return ExitCodes.Usage;
        using var client = new AskClient(address, arguments.GetValue(Key) ?? Environment.GetEnvironmentVariable("FEDAI_API_KEY"), arguments.GetValue(Privacy));
        try
        {
            var text = arguments.GetValue(Question)!;
            var question = text == "-" ? await Console.In.ReadToEndAsync(cancellationToken) : text;
            var model = arguments.GetValue(Model) ?? await client.FirstModelAsync(cancellationToken);
            var json = arguments.GetValue(CliOptions.Json);
            var answer = await client.AskAsync(Body(arguments, model, question), json ? null : Print, cancellationToken);
            if (json) Console.WriteLine(new JsonObject { ["model"] = model, ["answer"] = answer.Text, ["usage"] = answer.Usage, ["requestId"] = answer.RequestId }.ToJsonString());
            else Console.WriteLine();
            return answer.RequestId is not null && arguments.GetValue(Proof) is { } file ? await KeepProofAsync(client, answer.RequestId, file, cancellationToken) : ExitCodes.Ok;
        }
        catch (AskException exception)
        {
            await Errors.TellAsync(exception.Message);
            return exception.MayWorkLater ? ExitCodes.TryAgain : ExitCodes.Negative;
        }
        catch (InvalidOperationException)
        {
            await Errors.TellAsync($"{address} does not speak as OpenAI's API does: name another with --url");
            return ExitCodes.Negative;
        }
        catch (IOException)
        {
            await Errors.TellAsync("the answer broke off: ask again");
            return ExitCodes.TryAgain;
        }
        catch (HttpRequestException exception)
        {
            await Errors.TellAsync($"{address} did not answer ({exception.Message}): start a gateway with fedai gateway, or name one with --url");
            return ExitCodes.TryAgain;
        }
    }

    /// <summary>Piece by piece; a program that reads the output gets it as it came.</summary>
    private static void Print(string piece)
    {
        Console.Out.Write(Console.IsOutputRedirected ? piece : TerminalText.Clean(piece));
        Console.Out.Flush();
    }

    private static async Task<Uri?> BaseAsync(ParseResult arguments)
    {
        if (arguments.GetValue(Url) is { } text)
        {
            if (Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var named) && named.Scheme is "http" or "https") return named;
            await Errors.TellAsync("--url must be an http or https address, such as http://127.0.0.1:8484");
            return null;
        }

        return await CliConfig.ReadAsync(arguments) is { } options ? new Uri($"http://{options.Gateway.Listen}/") : null;
    }

    private static JsonObject Body(ParseResult arguments, string model, string question)
    {
        var body = new JsonObject
        {
            ["model"] = model,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = question }),
            ["stream"] = true,
            ["stream_options"] = new JsonObject { ["include_usage"] = true },
        };
        if (arguments.GetValue(MaxTokens) is { } tokens) body["max_tokens"] = tokens;
        if (arguments.GetValue(Temperature) is { } temperature) body["temperature"] = temperature;
        if (arguments.GetValue(Seed) is { } seed) body["seed"] = seed;
        return body;
    }

    private static async Task<int> KeepProofAsync(AskClient client, string requestId, FileInfo file, CancellationToken cancellationToken)
    {
        try
        {
            await File.WriteAllBytesAsync(file.FullName, await client.ProofAsync(requestId, cancellationToken), cancellationToken);
            return ExitCodes.Ok;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await Errors.TellAsync($"cannot write the proof to {file.FullName}: {exception.Message}");
            return ExitCodes.Usage;
        }
    }
}
