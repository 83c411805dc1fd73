using Microsoft.Playwright;
using Multiproc.Dashboard.Tests.Support;
using Multiproc.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Multiproc.Dashboard.Tests.Browser;

/// <summary>The pictures of docs/dashboard.md can be taken. MULTIPROC_SCREENSHOTS=1 takes them anew, with longer curves.</summary>
[Collection(nameof(Browsers))]
public sealed class ScreenshotTests(BrowserFixture browser)
{
    private const int MostBytes = 200 * 1024;

    private static readonly bool s_isForDocuments = Environment.GetEnvironmentVariable("MULTIPROC_SCREENSHOTS") == "1";
    private static readonly int s_looks = s_isForDocuments ? 110 : 5;

    [Fact]
    public async Task Pictures_OfTheDocuments_AreTaken()
    {
        var options = new DashboardOptions { Token = DashboardUnderTest.Token, Interval = TimeSpan.FromMilliseconds(100) };
        var program = new ShopProgram("autumn");
        await using var dashboard = await DashboardUnderTest.Start(program, options);
        var page = await browser.Page(height: 1000);
        await page.GotoAsync($"{dashboard.Page}#{DashboardUnderTest.Token}");
        await Expect(page.Locator("#connection")).ToHaveTextAsync("Live");
        await page.WaitForFunctionAsync($"() => snapshot.programs[0].curves['memory:{ShopProgram.Pid}'].length >= {s_looks}");
        await Save(page.Locator("#deadlocks"), "deadlock");
        await Save(page.Locator("#pools"), "pools");
        program.IsDeadlocked = false;
        await Expect(page.Locator("#deadlocks")).ToHaveCountAsync(0);
        await Save(page, "overview");
        await page.SetViewportSizeAsync(1280, 760);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await page.Locator("#processes").ScrollIntoViewIfNeededAsync();
        await page.EvaluateAsync("document.querySelector('#processes').scrollIntoView({block: 'start'}); window.scrollBy(0, -64)");
        await Save(page, "dark");
        await page.CloseAsync();
    }

    private static async Task Save(IPage page, string name) => Save(await page.ScreenshotAsync(), name);

    private static async Task Save(ILocator part, string name) => Save(await part.ScreenshotAsync(), name);

    private static void Save(byte[] picture, string name)
    {
        picture.Length.ShouldBeInRange(1024, MostBytes, name);
        if (!s_isForDocuments)
        {
            return;
        }

        Directory.CreateDirectory(Repository.Path("docs", "dashboard"));
        File.WriteAllBytes(Repository.Path("docs", "dashboard", $"{name}.png"), picture);
    }
}
