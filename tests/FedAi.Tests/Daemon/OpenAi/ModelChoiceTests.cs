using System.Text.Json;
using FedAi.Daemon.OpenAi;
using FedAi.Protocol.Rules;

namespace FedAi.Tests.Daemon.OpenAi;

/// <summary>Which model answers: the one that was named, or for <c>auto</c> the first that can do what is asked.</summary>
public sealed class ModelChoiceTests
{
    private const string Tool = """{"type":"function","function":{"name":"f","parameters":{}}}""";

    [Fact]
    public void ToCall_Auto_IsTheFirstModel()
    {
        Ask("auto", [new("tiny", 512, 128), new("wide", 4096, 0)]).Call!.Request.ModelId.ShouldBe("tiny");
        Ask("auto", []).Call!.Request.ModelId.ShouldBe("auto");
    }

    /// <summary>An embedding model whose name comes first must not get what people say.</summary>
    [Fact]
    public void ToCall_Auto_IsTheFirstModelThatCanDoIt()
    {
        OpenAiModel[] models = [new("a", 512, 128) { Features = [ModelFeatures.Embeddings] }, new("b", 512, 128), new("c", 512, 128) { Features = [ModelFeatures.Json] }, new("d", 512, 128) { Features = [ModelFeatures.Json, ModelFeatures.Tools] }];

        Ask("auto", models).Call!.Request.ModelId.ShouldBe("b");
        Ask("auto", models, ",\"response_format\":{\"type\":\"json_object\"}").Call!.Request.ModelId.ShouldBe("c");
        Ask("auto", models, $",\"tools\":[{Tool}]").Call!.Request.ModelId.ShouldBe("d");
        Ask("auto", models[..3], $",\"tools\":[{Tool}]").Error!.Param.ShouldBe("tools");
        Ask("auto", models[..1]).Error!.ShouldSatisfyAllConditions(error => (error.Status, error.Param).ShouldBe((400, "model")), error => error.Message.ShouldContain("embeddings"));
    }

    [Fact]
    public void ToCall_ChatWithAModelForEmbeddings_IsRefusedByName()
    {
        OpenAiModel[] models = [new("a", 512, 128) { Features = [ModelFeatures.Embeddings] }, new("b", 512, 128)];

        var error = Ask("a", models).Error!;

        (error.Status, error.Code, error.Param).ShouldBe((400, "unsupported_parameter", "model"));
    }

    private static (OpenAiCall? Call, OpenAiError? Error) Ask(string model, OpenAiModel[] models, string members = "")
    {
        using var body = JsonDocument.Parse($$"""{"model":"{{model}}","messages":[{"role":"user","content":"hello"}]{{members}}}""");
        return OpenAiMapping.ToCall(OpenAiOperation.Chat, body.RootElement, models, "id-1", salt: "");
    }
}
