using System.Reflection;
using System.Text.RegularExpressions;
using Multiproc.Tests.Architecture;
using Multiproc.Tests.Support;

namespace Multiproc.Dashboard.Tests.Architecture;

/// <summary>The pages about the dashboard: their C# compiles, and their claims have tests.</summary>
public sealed class DashboardDocumentTests
{
    [Theory]
    [InlineData("docs/dashboard.md")]
    [InlineData("Multiproc.Dashboard/PACKAGE.md")]
    public void Page_HasCSharpThatCompiles(string page)
    {
        var blocks = DocumentBlock.Of(page).ToList();
        blocks.ShouldNotBeEmpty();
        blocks.SelectMany(static block => block.Errors()).ShouldBeEmpty();
    }

    [Fact]
    public void Claims_OfTheDocument_NameTestsThatThereAre()
    {
        string text = File.ReadAllText(Repository.Path("docs", "dashboard.md"));
        var named = Regex.Matches(text, "`(?<class>[A-Za-z]+Tests)\\.(?<method>[A-Za-z_0-9]+)`", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .Select(static match => (Class: match.Groups["class"].Value, Method: match.Groups["method"].Value)).Distinct().ToList();
        named.Count.ShouldBeGreaterThan(10);
        var types = typeof(DashboardDocumentTests).Assembly.GetTypes().ToLookup(static type => type.Name, StringComparer.Ordinal);
        named.Where(each => !types[each.Class].Any(type => type.GetMethods().Any(method =>
                method.Name == each.Method && method.GetCustomAttributes<FactAttribute>().Any())))
            .Select(static each => $"{each.Class}.{each.Method}").ShouldBeEmpty();
    }
}
