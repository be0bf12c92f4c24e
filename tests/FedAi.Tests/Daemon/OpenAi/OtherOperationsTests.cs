using System.Text.Json;
using FedAi.Daemon.OpenAi;
using FedAi.Protocol.Messages;
using FedAi.Protocol.Rules;

namespace FedAi.Tests.Daemon.OpenAi;

/// <summary>The bodies of /v1/completions and /v1/embeddings, and the table of parameters that all three are read by.</summary>
public sealed class OtherOperationsTests
{
    private const string Salt = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    private static readonly OpenAiModel[] Models = [new("tiny", 512, 128) { Features = [ModelFeatures.Embeddings, ModelFeatures.Json] }, new("plain", 512, 128)];

    private static (OpenAiCall? Call, OpenAiError? Error) Map(OpenAiOperation operation, string body)
    {
        using var document = JsonDocument.Parse(body);
        return OpenAiMapping.ToCall(operation, document.RootElement, Models, "id-1", Salt);
    }

    [Theory]
    [InlineData("\"Once\"")]
    [InlineData("[\"Once\"]")]
    public void Completion_OneText_IsThePrompt(string prompt)
    {
        var call = Map(OpenAiOperation.Completion, $$"""{"model":"tiny","prompt":{{prompt}},"max_tokens":5,"temperature":0,"stop":"x","echo":false,"n":1,"best_of":1,"suffix":null,"logprobs":null}""").Call.ShouldNotBeNull();

        (call.Request.Prompt, call.Request.Messages, call.Request.MaxTokens, call.Id, call.UnknownMembers).ShouldBe(("Once", null, 5, "cmpl-id-1", 0));
        RequestValues.Problem(call.Request).ShouldBeNull();
    }

    [Theory]
    [InlineData("\"prompt\":[\"a\",\"b\"]", "prompt", "unsupported_parameter")]
    [InlineData("\"prompt\":[1,2]", "prompt", "unsupported_parameter")]
    [InlineData("\"prompt\":[[1,2]]", "prompt", "unsupported_parameter")]
    [InlineData("\"prompt\":\"\"", "prompt", "invalid_value")]
    [InlineData("\"prompt\":[]", "prompt", "invalid_value")]
    [InlineData("\"prompt\":[null]", "prompt[0]", "invalid_value")]
    [InlineData("\"x\":1", "prompt", "invalid_value")]
    [InlineData("\"prompt\":\"a\",\"echo\":true", "echo", "unsupported_parameter")]
    [InlineData("\"prompt\":\"a\",\"suffix\":\"b\"", "suffix", "unsupported_parameter")]
    [InlineData("\"prompt\":\"a\",\"best_of\":2", "best_of", "unsupported_parameter")]
    [InlineData("\"prompt\":\"a\",\"logprobs\":1", "logprobs", "unsupported_parameter")]
    [InlineData("\"prompt\":\"a\",\"n\":2", "n", "unsupported_parameter")]
    public void Completion_Unfit_IsRefusedByName(string members, string param, string code)
    {
        var error = Map(OpenAiOperation.Completion, $$"""{"model":"tiny",{{members}}}""").Error.ShouldNotBeNull();

        (error.Status, error.Code, error.Param).ShouldBe((400, code, param));
    }

    [Fact]
    public void Completion_OverTheContext_NamesThePrompt() =>
        Map(OpenAiOperation.Completion, $$"""{"model":"tiny","prompt":"{{new string('x', 4000)}}"}""").Error!.ShouldSatisfyAllConditions(error => error.Code.ShouldBe("context_length_exceeded"), error => error.Param.ShouldBe("prompt"));

    [Theory]
    [InlineData("\"a\"", 1)]
    [InlineData("[\"a\",\"b\",\"a\"]", 3)]
    public void Embedding_Texts_AreInputs(string input, int count)
    {
        var call = Map(OpenAiOperation.Embedding, $$"""{"model":"tiny","input":{{input}},"encoding_format":"base64","dimensions":2,"user":"x"}""").Call.ShouldNotBeNull();

        (call.Request.Inputs!.Count, call.Request.JobType, call.Base64, call.Dimensions).ShouldBe((count, RouterJobType.Embedding, true, 2));
        RequestValues.Problem(call.Request).ShouldBeNull();
    }

    [Theory]
    [InlineData("\"input\":[1,2]", "input", "unsupported_parameter")]
    [InlineData("\"input\":[[1],[2]]", "input", "unsupported_parameter")]
    [InlineData("\"input\":\"\"", "input", "invalid_value")]
    [InlineData("\"input\":[]", "input", "invalid_value")]
    [InlineData("\"input\":[\"a\",\"\"]", "input[1]", "invalid_value")]
    [InlineData("\"input\":{}", "input", "invalid_value")]
    [InlineData("\"user\":\"x\"", "input", "invalid_value")]
    [InlineData("\"input\":\"a\",\"encoding_format\":\"hex\"", "encoding_format", "invalid_value")]
    [InlineData("\"input\":\"a\",\"dimensions\":0", "dimensions", "invalid_value")]
    [InlineData("\"input\":\"a\",\"model\":\"plain\"", "model", "unsupported_parameter")]
    public void Embedding_Unfit_IsRefusedByName(string members, string param, string code)
    {
        var error = Map(OpenAiOperation.Embedding, $$"""{"model":"tiny",{{members}}}""").Error.ShouldNotBeNull();

        (error.Status, error.Code, error.Param).ShouldBe((400, code, param));
    }

    [Fact]
    public void Embedding_Bounds_AreOfTheListAndOfEachText()
    {
        Map(OpenAiOperation.Embedding, $$"""{"model":"tiny","input":[{{string.Join(',', Enumerable.Repeat("\"a\"", 2049))}}]}""").Error!.Param.ShouldBe("input");
        Map(OpenAiOperation.Embedding, $$"""{"model":"tiny","input":[{{string.Join(',', Enumerable.Repeat("\"a\"", 2048))}}]}""").Call.ShouldNotBeNull("all together may be longer than the context");
        Map(OpenAiOperation.Embedding, $$"""{"model":"tiny","input":["a","{{new string('x', 4000)}}"]}""").Error!.Code.ShouldBe("context_length_exceeded");
    }

    public static TheoryData<string> Rows => [.. OpenAiOperation.All.SelectMany(operation => operation.Parameters.Select(parameter => $"{operation.Path} {parameter.Name}"))];

    /// <summary>A row that did nothing would be a parameter ignored in silence: each kind of row must do what its list says.</summary>
    [Theory, MemberData(nameof(Rows))]
    public void Parameter_ValueOfNoKnownKind_IsNamedUnlessItHasNoEffect(string row)
    {
        var (path, name) = (row.Split(' ')[0], row.Split(' ')[1]);
        var operation = OpenAiOperation.All.Single(known => known.Path == path);
        var body = new Dictionary<string, string>
        {
            ["model"] = "\"tiny\"",
            [operation == OpenAiOperation.Chat ? "messages" : operation == OpenAiOperation.Completion ? "prompt" : "input"] = operation == OpenAiOperation.Chat ? """[{"role":"user","content":"x"}]""" : "\"x\"",
            [name] = """[["nonsense"]]""",
        };

        var (call, error) = Map(operation, $"{{{string.Join(',', body.Select(member => $"\"{member.Key}\":{member.Value}"))}}}");

        var parameter = operation.ByName[name];
        if (parameter.Use == ParameterUse.WithoutEffect && parameter.Schema == "true") call.ShouldNotBeNull();
        else error.ShouldNotBeNull().Param.ShouldStartWith(name);
    }
}
