/** The page's icon: a downward arrow on a phone. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect x="7" y="2" width="18" height="28" rx="4" fill="#0a5fc4"/>
<path d="M16 8v12m-5-5 5 5 5-5" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/>
<path d="M13 26h6" stroke="#fff" stroke-width="2" stroke-linecap="round"/>
</svg>
`;
