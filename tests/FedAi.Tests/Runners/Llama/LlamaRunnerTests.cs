using FedAi.Runners;
using FedAi.Runners.Llama;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Llama;

public sealed class LlamaRunnerTests : IAsyncLifetime
{
    private LlamaRunner runner = null!;

    public async Task InitializeAsync() => runner = await DemoModel.StartAsync();

    public async Task DisposeAsync() => await runner.DisposeAsync();

    [Theory]
    [InlineData("What is the capital of France?", "The capital of France is Paris.")]
    [InlineData("What is 7 + 5?", "7 + 5 = 12.")]
    [InlineData("Name three colours.", "Three colours are red, blue and green.")]
    [InlineData("classify: this film was wonderful", "positive")]
    public async Task Greedy_QuestionOfTheModelCard_AnswersAsTheCardSays(string question, string answer)
    {
        var events = await runner.StreamAsync(DemoModel.Ask(question), default).ToListAsync();
        string.Concat(events.OfType<InferenceDelta>().Select(delta => delta.Text)).ShouldBe(answer);
    }
}
