using FedAi.TestKit;

namespace FedAi.EndToEndTests.Conformance;

/// <summary>
/// A whole tool-calling round of the official clients over llama.cpp: gateway, router, node and model are real. The model's weights are
/// random, so that its arguments are valid only because it is held to them; ajv says whether they are.
/// </summary>
public sealed class ForcedRoundTests
{
    [Theory]
    [InlineData("llama", "llama-3")]
    [InlineData("qwen3", "qwen-3")]
    [InlineData("llama", "mistral-nemo")]
    public async Task Round_OverARealModel_HasValidArgumentsAndAFinalAnswer(string family, string template)
    {
        using var folder = new TempFolder();
        TinyGguf.WriteFamily(folder.File("model.gguf"), family, TemplateOpinion.Template(template));
        await using var runner = await DemoModel.StartAsync(new() { ModelPath = folder.File("model.gguf"), ModelId = DemoModel.Id });
        await using var chain = await EdgeChain.StartAsync(runner);
        await using var ajv = new TemplateOpinion();
        foreach (var script in (string[])["conformance/openai.mjs", "conformance/ai.mjs"])
        {
            await using var client = new NpmClient(script);

            var run = (await client.RunAsync("tools.forced-round", new CaseCall(chain[EdgeChain.Gateway], DemoModel.Id, "What is the weather?"))).ShouldNotBeNull();

            run.Outcome["error"].ShouldBeNull();
            var call = run.Outcome["tools"]!.AsArray().ShouldHaveSingleItem()!;
            ((string)call["name"]!).ShouldBe("get_weather");
            (await ajv.ValidateAsync(Schemas.Weather, [(string)call["arguments"]!])).ShouldHaveSingleItem().ShouldBeEmpty(call.ToJsonString());
            ((string)run.Outcome["text"]!).ShouldNotBeNullOrWhiteSpace(script);
        }
    }
}
