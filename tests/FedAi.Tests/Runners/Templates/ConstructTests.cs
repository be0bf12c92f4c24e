using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.Tests.Runners.Templates;

/// <summary>One construct at a time, beside @huggingface/jinja; and what is refused because a guess would be wrong.</summary>
public sealed class ConstructTests
{
    private const string Values = """
        {"a": 7, "b": 2, "s": "  Some text, <b>some</b> more  ", "e": "", "list": [3, 1, 2, 3], "names": ["b", "a", "c"], "n": null, "t": true,
         "m": {"z": 1, "a": "x\"y\\z\n", "k": [1, {"q": null}], "empty": {}, "none": []}, "people": [{"name": "Ada", "age": 3}, {"name": "Bob", "age": 1}, {"name": "Eve"}]}
        """;

    private static readonly string[] Alike =
    [
        "{{ a + b }} {{ a - b }} {{ a * b }} {{ a // b }} {{ a % b }} {{ -a }} {{ a ~ b }}",
        "{{ (a + b) * 2 == 18 }} {{ a > b and not (a < b) }} {{ a != b or false }} {{ a >= 7 }} {{ a <= 6 }}",
        "{{ s | trim }}|{{ s | upper }}|{{ s | length }}|{{ 'abc' | capitalize }}|{{ 'ab cd' | title }}|{{ s.strip().split(',')[0] }}|{{ s.split() | join('+') }}",
        "{{ s | replace('some', 'any') }}{{ s.replace('e', '') }}{{ s.startswith('  S') }}{{ s.endswith('x') }}{{ ' a '.strip() }}{{ ' a '.lstrip() }}{{ ' a '.rstrip() }}",
        "{{ m | tojson }}\n{{ m | tojson(indent=2) }}\n{{ list | tojson }}{{ s | tojson }}{{ t | tojson }}{{ n | tojson }}",
        "{{ list | length }} {{ list | first }} {{ list | last }} {{ list | join('-') }} {{ list | reverse | join }} {{ list | sort | join(',') }} {{ list | unique | join(',') }} {{ names | sort | first }}",
        "{{ list[0] }}{{ list[-1] }}{{ list[1:] | join }}{{ list[:-1] | join }}{{ list[::-1] | join }}{{ list[1:3] | join }}{{ s[2:6] }}{{ s[-4:] }}{{ 'abc'[::-1] }}{{ list[9:] | length }}",
        "{{ people | map(attribute='name') | join(', ') }} {{ people | selectattr('name', 'equalto', 'Ada') | map(attribute='age') | first }} {{ people | rejectattr('name', 'equalto', 'Bob') | list | length }}",
        "{% for p in people %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }} {{ p.name }}{% if not loop.last %}, {% endif %}{% endfor %}",
        "{% for k, v in m.items() %}{{ k }};{% endfor %}{% for k, v in m | items %}{{ k }};{% endfor %}{% for k in m %}{{ k }}{% endfor %}{{ m.keys() | list | join }}{% for k, v in m | dictsort %}{{ k }}{% endfor %}",
        "{% for p in people if p.age is defined %}{{ p.name }}{{ loop.last }}{% else %}none{% endfor %}{% for p in [] %}x{% else %}none{% endfor %}",
        "{% for x in list %}{% if x == 1 %}{% continue %}{% endif %}{% if x == 2 %}{% break %}{% endif %}{{ x }}{% endfor %}",
        "{% set x = 1 %}{% for i in list %}{% set x = i %}{% endfor %}{{ x }}{% set ns = namespace(x=1) %}{% for i in list %}{% set ns.x = i %}{% endfor %}{{ ns.x }}",
        "{% set x %}block {{ a }}{% endset %}[{{ x }}]{% if a == 7 %}{% set y = 'kept' %}{% endif %}{{ y }}",
        "{% macro f(x, y='dft') %}<{{ x }}/{{ y }}>{% endmacro %}{{ f(1) }}{{ f(2, 'two') }}{{ f(x=3, y=4) }}",
        "{% macro down(i) %}{{ i }}{% if i > 0 %}{{ down(i - 1) }}{% endif %}{% endmacro %}{{ down(5) }}",
        "{{ 'yes' if t else 'no' }}{{ 'x' if false }}|{{ nothing }}|{{ nothing is defined }}{{ n is none }}{{ a is number }}{{ s is string }}{{ m is mapping }}{{ list is iterable }}{{ a is odd }}{{ b is even }}",
        "{{ nothing | default('d') }}{{ e | default('d', true) }}{{ e | default('d') }}{{ a is not none and a is integer }}",
        "{{ 'a' in names }}{{ 'z' not in names }}{{ 'k' in m }}{{ 'text' in s }}{{ m.get('z') }}{{ m.get('nope', 'other') }}{{ m['z'] }}{{ m.k[0] }}{{ m.nope }}",
        "{{ {'x': 1, 'y': [1, 2]} | tojson }}{{ [1, 'two', true, none] | tojson }}{{ {} | tojson }}{{ [] | tojson }}{% set x = {'k': {'l': 'deep'}} %}{{ x.k.l }}",
        "{% for i in range(3) %}{{ i }}{% endfor %}{% for i in range(1, 7, 2) %}{{ i }}{% endfor %}{{ range(5) | list | length }}",
        "{{ '5' | int + 1 }}{{ 'x' | int }}{{ 3 | float }}{{ -3 | abs }}{{ 5 | string + '!' }}",
        "{{ true }}{{ false }}{{ 1.5 }}{{ 'a\\nb\\t\\'\\\"\\\\' }}{{ \"it's\" }}{{ 'a' 'b' }}",
        "{{ 'line1\nline2\n\nline4' | indent }}|{{ 'a\nb' | indent(2, true) }}",
        "a\n  {% if t %}\n  b\n  {% endif %}\nc {% if t %} d {% endif %} e\n",
        "a\n  {%- if t -%}\n  b\n  {%- endif %}\nc  {{- a -}}  d {#- gone -#} e {# gone #}\n f\n",
        "{%- if false -%}x{%- elif t -%}y{%- else -%}z{%- endif -%}  end",
        "line\n\n{% set x = 1 %}\n\n  {# note #}\n  after {{ x }}\n\n",
        "{{ \"}}\" }}{{ '{%' }}{{ {'a': {'b': 1}}['a']['b'] }}{ {  % } }}",
        "{% generation %}inner{% endgeneration %}",
        "{{ a if a > 100 else b if b > 100 else 'neither' }}",
        "{{ not a == 7 }}{{ not t }}{{ a == 7 and b == 2 or false }}{{ (a, b) | length }}{{ [a, b] | length }}",
        "{% set first, second = 'x', 'y' %}{{ second }}{{ first }}",
        "{{ people[0]['na' + 'me'] }}{{ people | length > 2 }}{{ 'Ada' == people[0].name }}",
    ];

    /// <summary>Python and JavaScript differ here, and Python is right: templates are written for it.</summary>
    public static TheoryData<string, string> Python => new()
    {
        { "{{ 1.0 }} {{ 1e3 if false else 0.5 }} {{ 7 / 2 }} {{ 4 / 2 }}", "" }, // 1e3 is no number that we read
        { "{{ 7 / 2 }} {{ 4 / 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 0.1 + 0.2 }} {{ 100000000000000000.0 * 1 }} {{ 0.00001 * 1 }}", "3.5 2.0 -4 2 0.30000000000000004 1e+17 1e-05" },
        { "{{ '👋a' | length }}{{ '👋a'[1:] }}{{ '👋a'[0] }}", "2a👋" },
        { "{{ 'aBc' | capitalize }}", "Abc" },
        { "{{ 'xyaxx'.strip('xy') }}{{ 'xxa'.lstrip('x') }}{{ 'axx'.rstrip('x') }}{{ 'axa' | trim('a') }}", "aaax" },
        { "{{ [{'a': 1}, {}] | selectattr('a', 'defined') | list | length }}{{ [{'a': 1}, {}] | selectattr('a') | list | length }}", "11" },
        { "{{ ['a', 'b'] | map('upper') | join }}{{ ','.join(['a', 'b']) }}{{ ([1] + [2, 3]) | length }}", "ABa,b3" },
        { "{{ [{'a': 1, 'n': 'x'}, {'a': 2}] | selectattr('a', 'equalto', 1) | map(attribute='n') | first }}", "x" },
        { "{{ true == 1 }}{{ none }}{{ true }}", "TrueNoneTrue" },
        { "{{ strftime_now('%d %b %Y %H:%M') }}", "04 Mar 2026 15:06" },
    };

    public static TheoryData<string> Refused => new()
    {
        "{% include 'x' %}", "{% extends 'x' %}", "{% import 'x' as y %}", "{% call f() %}{% endcall %}", "{% filter upper %}{% endfilter %}", "{% raw %}{% endraw %}",
        "{{ a | urlize }}", "{{ a is sameas b }}", "{{ 2 ** 3 }}", "{{ 1 < 2 < 3 }}", "{{ 'a' % 1 }}", "{{ m }}", "{{ list }}", "{{ m.items }}", "{{ s.encode() }}", "{{ list.append(1) }}",
        "{{ cycler(1) }}", "{{ loop.cycle(1) }}", "{{ nothing.more }}", "{{ n.more }}", "{{ s + 1 }}", "{{ s | trim | nope }}", "{% if %}{% endif %}", "{% if t %}", "{% endif %}", "{{ ", "{{ 'open }}", "{# open",
        "{% for x in list recursive %}{% endfor %}", "{% set m.z = 1 %}", "{% break %}", "{{ range(1000000) }}", "{{ f( }}", "{{ a b }}", "{{ }}", "{{ a | tojson(ensure_ascii=true) }}", "{{ s.split(',', 1, 2) }}",
        "{{ self }}{{ super() }}", "{{ 99999999999999999999 }}", "{{ 1_000 }}", "{{ ''.__class__ }}{{ ''.__class__() }}", "{{ s.format(1) }}",
    };

    [Fact]
    public async Task Construct_Known_WritesWhatTheSecondOpinionWrites()
    {
        await using var opinion = new TemplateOpinion();
        var values = JsonNode.Parse(Values)!;
        var expected = await opinion.RenderAllAsync(Alike, values);
        var different = new List<string>();
        for (var i = 0; i < Alike.Length; i++)
            if (Rendering.AsJavaScript(Rendering.TryRender(Alike[i], values, out var problem, out _)) is var text && (text is null || text != expected[i]))
                different.Add($"{Alike[i]}\n  ours: {text ?? problem}\n  theirs: {expected[i]}");
        different.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Python))]
    public void Construct_WherePythonDiffersFromJavaScript_IsPythons(string template, string expected)
    {
        if (expected.Length == 0) Rendering.Problem(template).ShouldNotBeNull();
        else Rendering.Render(template, new JsonObject()).ShouldBe(expected);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Construct_NotSupported_IsRefusedWithAReason(string template) => Rendering.Problem(template, Values).ShouldNotBeNullOrEmpty();

    [Fact]
    public void RaiseException_IsTheTemplatesOwnComplaint()
    {
        Rendering.TryRender("{{ raise_exception('not ' ~ a) }}", JsonNode.Parse(Values)!, out var problem, out var raised).ShouldBeNull();
        (problem, raised).ShouldBe(("not 7", true));
    }
}
