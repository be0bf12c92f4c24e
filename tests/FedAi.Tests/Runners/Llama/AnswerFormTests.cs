using System.Text.Json;
using FedAi.Protocol.Messages;
using FedAi.Runners.Llama;
using FedAi.Runners.Calls;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Llama;

public sealed class AnswerFormTests
{
    private const string Tool = """{"type": "function", "function": {"name": "now", "parameters": {"type": "object", "properties": {"zone": {"type": "string"}}}}}""";

    private static readonly InferenceRequest Plain = DemoModel.Ask("hello");
    private static readonly InferenceRequest WithTool = Plain with { Tools = JsonElement.Parse($"[{Tool}]") };

    public static TheoryData<string, InferenceRequest, ErrorCode> Refused => new()
    {
        { "tools of no form", Plain with { Tools = JsonElement.Parse("{}") }, ErrorCode.InvalidRequest },
        { "a tool of no form", Plain with { Tools = JsonElement.Parse("[{}]") }, ErrorCode.InvalidRequest },
        { "a name with spaces", Plain with { Tools = JsonElement.Parse("""[{"type": "function", "function": {"name": "a b"}}]""") }, ErrorCode.InvalidRequest },
        { "one name twice", Plain with { Tools = JsonElement.Parse($"[{Tool}, {Tool}]") }, ErrorCode.InvalidRequest },
        { "a choice of no form", WithTool with { ToolChoice = JsonElement.Parse("\"any\"") }, ErrorCode.InvalidRequest },
        { "a choice of no tool", WithTool with { ToolChoice = JsonElement.Parse("""{"type": "function", "function": {"name": "later"}}""") }, ErrorCode.InvalidRequest },
        { "a call without tools", Plain with { ToolChoice = JsonElement.Parse("\"required\"") }, ErrorCode.InvalidRequest },
        { "a format of no kind", Plain with { ResponseFormat = JsonElement.Parse("7") }, ErrorCode.UnsupportedParameter },
        { "a format of another kind", Plain with { ResponseFormat = JsonElement.Parse("""{"type": "grammar"}""") }, ErrorCode.UnsupportedParameter },
        { "a schema that is not there", Plain with { ResponseFormat = JsonElement.Parse("""{"type": "json_schema"}""") }, ErrorCode.InvalidRequest },
        { "a schema that cannot be promised", Plain with { ResponseFormat = JsonElement.Parse("""{"type": "json_schema", "json_schema": {"schema": {"not": {}}}}""") }, ErrorCode.InvalidRequest },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void TryRead_WhatCannotBeHonoured_IsRefusedWithAHint(string what, InferenceRequest request, ErrorCode code)
    {
        var refusal = AnswerForm.TryRead(request, ToolSyntax.Hermes, out _).ShouldNotBeNull(what);
        refusal.Code.ShouldBe(code, what);
        refusal.Hint.ShouldNotBeNullOrWhiteSpace();
    }

    [Fact]
    public void TryRead_ToolsForAModelThatKnowsNone_IsRefused()
    {
        AnswerForm.TryRead(WithTool, syntax: null, out _)!.Code.ShouldBe(ErrorCode.UnsupportedParameter);
        AnswerForm.TryRead(Plain with { Messages = [new() { Role = "tool", Content = "7", ToolCallId = "1" }] }, syntax: null, out _)!.Code.ShouldBe(ErrorCode.UnsupportedParameter);
        AnswerForm.TryRead(Plain, syntax: null, out _).ShouldBeNull();
    }

    [Theory]
    [InlineData(null, "<tool_call>", false)]
    [InlineData("\"auto\"", "<tool_call>", false)]
    [InlineData("\"required\"", null, true)]
    [InlineData("""{"type": "function", "function": {"name": "now"}}""", null, true)]
    public void TryRead_ToolChoice_SaysFromWhereOnTheGrammarHolds(string? choice, string? trigger, bool closes)
    {
        AnswerForm.TryRead(WithTool with { ToolChoice = choice is null ? null : JsonElement.Parse(choice) }, ToolSyntax.Hermes, out var form).ShouldBeNull();
        form.Grammar.ShouldNotBeNull();
        (form.Trigger, form.ClosingBytes > 0).ShouldBe((trigger, closes));
    }

    [Fact]
    public void TryRead_ToolChoiceNone_TellsTheModelOfNoTools()
    {
        AnswerForm.TryRead(WithTool with { ToolChoice = JsonElement.Parse("\"none\"") }, ToolSyntax.Hermes, out var form).ShouldBeNull();
        (form.Tools, form.Grammar, form.Syntax).ShouldBe((null, null, null));
    }

    [Fact]
    public void TryRead_ToolsThatMayBeCalledWithASchemaThatCannotBePromised_HaveNoGrammar()
    {
        var tool = """[{"type": "function", "function": {"name": "now", "parameters": {"type": "object", "not": {}}}}]""";
        AnswerForm.TryRead(Plain with { Tools = JsonElement.Parse(tool) }, ToolSyntax.Hermes, out var form).ShouldBeNull();
        (form.Grammar, form.Trigger, form.Syntax).ShouldBe((null, null, ToolSyntax.Hermes));
    }

    [Fact]
    public void TryRead_ToolsAndSchema_AllowEither()
    {
        AnswerForm.TryRead(WithTool with { ResponseFormat = JsonElement.Parse("""{"type": "json_object"}""") }, ToolSyntax.Hermes, out var form).ShouldBeNull();
        form.Grammar!.Split('\n')[0].ShouldContain(" | ");
        form.Trigger.ShouldBeNull();
    }
}
