package dev.walvault.observe;

import dev.walvault.json.JsonText;

/**
 * So much of a known total is done. Totals may grow while the work goes on.
 *
 * @param filesDone files, or objects where a vault is copied
 */
public record Progress(long filesDone, long bytesDone, long bytesTotal) implements Event {
    @Override
    public String type() {
        return "progress";
    }

    @Override
    public Severity severity() {
        return Severity.PROGRESS;
    }

    @Override
    public String sentence() {
        return bytesDone + " of " + Math.max(bytesTotal, bytesDone) + " bytes are done";
    }

    @Override
    public void put(JsonText json) {
        json.put("filesDone", filesDone).put("bytesDone", bytesDone).put("bytesTotal", bytesTotal);
    }
}
