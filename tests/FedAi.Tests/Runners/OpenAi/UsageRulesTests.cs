using System.Text.Json;
using FedAi.Runners.OpenAi;

namespace FedAi.Tests.Runners.OpenAi;

public sealed class UsageRulesTests
{
    [Theory]
    [InlineData("""{"prompt_tokens":9,"completion_tokens":4}""", 9, 4, true)]
    [InlineData(null, 5, 4, false)]
    [InlineData("{}", 5, 4, false)]
    [InlineData("""{"prompt_tokens":0,"completion_tokens":4}""", 5, 4, false)]
    [InlineData("""{"prompt_tokens":-1,"completion_tokens":-1}""", 5, 4, false)]
    [InlineData("""{"prompt_tokens":1e99,"completion_tokens":"4"}""", 5, 4, false)]
    [InlineData("""{"prompt_tokens":100000,"completion_tokens":4}""", 5, 4, false)] // more than any tokenizer makes of the request
    [InlineData("""{"prompt_tokens":9,"completion_tokens":17}""", 9, 4, false)] // more than was asked for
    [InlineData("""{"prompt_tokens":9,"completion_tokens":0}""", 9, 4, false)] // sixteen characters of nothing
    public void Read_OfAnAnswerOfSixteenCharacters_IsTheServersCountOrAGuess(string? usage, int input, int output, bool counted) =>
        UsageRules.Read(UpstreamRun.Request, usage is null ? null : JsonElement.Parse(usage), (16, 16), calls: 0).ShouldBe((input, output, counted));

    [Fact]
    public void Read_MuchForLittleText_IsNotBelieved()
    {
        var usage = JsonElement.Parse("""{"prompt_tokens":9,"completion_tokens":900}""");

        UsageRules.Read(UpstreamRun.Request with { MaxTokens = 1000 }, usage, (2, 2), calls: 0).ShouldBe((9, 1, false));
        UsageRules.Read(UpstreamRun.Request with { MaxTokens = 1000 }, usage, (4000, 4000), calls: 0).ShouldBe((9, 900, true));
    }
}
