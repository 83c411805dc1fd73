using System.Reflection;
using System.Text.RegularExpressions;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Security;

/// <summary>Each claim of docs/security.md names its test.</summary>
public sealed class ClaimTests
{
    [Fact]
    public void Claims_OfTheDocument_NameTestsThatThereAre()
    {
        string text = File.ReadAllText(Repository.Path("docs", "security.md"));
        var named = Regex.Matches(text, "`(?<class>[A-Za-z]+(Tests|Spec))\\.(?<method>[A-Za-z_0-9]+)`", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .Select(static match => (Class: match.Groups["class"].Value, Method: match.Groups["method"].Value)).Distinct().ToList();
        named.Count.ShouldBeGreaterThan(20);
        var types = typeof(ClaimTests).Assembly.GetTypes().ToLookup(static type => type.Name, StringComparer.Ordinal);
        named.Where(each => !types[each.Class].Any(type => type.GetMethods().Any(method =>
                method.Name == each.Method && method.GetCustomAttributes<FactAttribute>().Any())))
            .Select(static each => $"{each.Class}.{each.Method}").ShouldBeEmpty();
    }
}
