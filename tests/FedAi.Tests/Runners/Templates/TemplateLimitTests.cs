using System.Text;
using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Templates;

/// <summary>Templates that want too much, and random ones: each ends, within its bounds, and is never written differently than by the second opinion.</summary>
public sealed class TemplateLimitTests
{
    private static readonly string[] Pieces =
    [
        "{% if a %}", "{% elif b %}", "{% else %}", "{% endif %}", "{% for x in list %}", "{% for k, v in m.items() %}", "{% endfor %}", "{% set a = a + 1 %}", "{% set s = s ~ s %}", "{% set ns = namespace(i=0) %}",
        "{% set ns.i = ns.i + 1 %}", "{%- ", "-%}", "%}", "{{", "}}", "{{-", "{# ", " #}", "{{ a }}", "{{ s | trim }}", "{{ list | tojson }}", "{{ loop.index }}", "{{ x }}", "{{ ns.i }}", "text", "\n", "  ", "'", "\"", "(", ")", "[", "]",
        "{", "}", "|", ":", "{% macro f(x) %}", "{% endmacro %}", "{{ f(1) }}", "{{ f(f(2)) }}", "{% break %}", "{% continue %}", "{{ s[1:] }}", "{{ list[::-1] | join }}", "{{ a if b else s }}", "{{ not a and b or s }}",
        "{% set t %}", "{% endset %}", "{{ m | items | list | length }}", "{{ a is defined }}", "{{ a in list }}", "é", "👋", "\\", "{{ k }}{{ v | tojson }}",
    ];

    public static TheoryData<string> Greedy => new()
    {
        "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
        "{% set ns = namespace(s='aaaaaaaaaaaaaaaa') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s }}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
        "{% for i in range(9999) %}{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' * 9999 }}{% endfor %}",
        "{{ 'a' * 9999999999 }}", "{{ 'aaaa' | replace('a', 'aaaaaaaa' * 9999999) }}", "{{ [1] | tojson(indent=9999999) }}", "{{ 'a\na' | indent(99999999) }}",
        "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}", "{% macro f(x) %}{{ f(x) }}{{ f(x) }}{% endmacro %}{{ f(1) }}",
        "{% set ns = namespace() %}{% set ns.a = [1] %}{% for i in range(999) %}{% set ns.a = [ns.a] %}{% endfor %}{{ ns.a | tojson }}",
        "{% set ns = namespace() %}{% set ns.a = [1] %}{% for i in range(999) %}{% set ns.a = [ns.a] %}{% endfor %}{{ ns.a == ns.a[0] }}{{ ns.a[0] == [ns.a] }}",
        "{% set ns = namespace() %}{% set ns.a = [1] %}{% for i in range(60) %}{% set ns.a = [ns.a, ns.a, ns.a] %}{% endfor %}{{ ns.a == [ns.a] or ns.a | tojson }}",
    };

    [Theory]
    [MemberData(nameof(Greedy))]
    public void Template_ThatWantsTooMuch_IsRefused(string template) => Rendering.Problem(template).ShouldNotBeNullOrEmpty();

    [Theory]
    [InlineData("{{ ", "(", " }}")]
    [InlineData("{{ ", "[", " }}")]
    [InlineData("{{ ", "{'a': ", " }}")]
    [InlineData("{{ ", "not ", "a }}")]
    [InlineData("{{ ", "-", "a }}")]
    [InlineData("{{ a", "[a", " }}")]
    [InlineData("{{ a", " if a else a", " }}")]
    [InlineData("{{ a", " ~ a", " }}")]
    [InlineData("{{ a", ".a", " }}")]
    [InlineData("{{ a", " | trim", " }}")]
    [InlineData("", "{% if a %}", "")]
    [InlineData("", "{% for a in a %}", "")]
    [InlineData("", "{% macro f() %}", "")]
    public void Template_NestedWithoutEnd_DoesNotOverflowTheStack(string before, string nested, string after) =>
        Rendering.Problem(before + new StringBuilder().Insert(0, nested, 30_000).ToString() + after).ShouldNotBeNullOrEmpty();

    [Fact]
    public async Task Template_Random_EndsAndIsNeverWrittenDifferently()
    {
        var random = new Random(7);
        var templates = Enumerable.Range(0, 4000).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => Pieces[random.Next(Pieces.Length)]))).ToList();
        var values = JsonNode.Parse("""{"a": 1, "b": 0, "s": " s ", "list": [1, "two"], "m": {"k": 1, "l": null}}""")!;
        await using var opinion = new TemplateOpinion();
        var expected = await opinion.RenderAllAsync(templates, values);
        var both = 0;
        for (var i = 0; i < templates.Count; i++)
        {
            var ours = Rendering.AsJavaScript(Rendering.TryRender(templates[i], values, out var problem, out _));
            if (ours is null) problem.ShouldNotBeNullOrEmpty();
            if (ours is null || expected[i] is null) continue;
            ours.ShouldBe(expected[i], templates[i]);
            both++;
        }
        both.ShouldBeGreaterThan(500);
    }
}
